// What the pool does with what its lanes report: an answer that arrives, or the end of
// the connection it came on.
#include "net/pool.hpp"
#include "net/sentence.hpp"
#include "net/tls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace scaleit::net {

using std::chrono::steady_clock;

namespace {

/// However long a body the peer announces, only this much is reserved before it comes.
constexpr std::uint64_t reserve_bytes_max = 64 * 1024;

/// RFC 9110, section 15.4. Only 307 and 308 keep the method for certain, and a
/// write must not turn into a read.
bool is_followed(verb method, int status) {
  if (status == 307 || status == 308) return true;
  return is_safe(method) && (status == 301 || status == 302 || status == 303);
}

/// Answers which say that this connection was the wrong one and nothing was done: 408 and
/// 421 allow any request to be sent once more on another (RFC 9110, sections 15.5.9 and
/// 15.5.20); a 503 that closes is how proxies refuse a second request.
bool asks_for_another_connection(verb method, const answer_head& h) {
  return h.status == 408 || h.status == 421 ||
         (h.status == 503 && !h.keep_alive && is_idempotent(method));
}

bool is_good(int status) { return status >= 200 && status <= 299; }

failure too_large(std::size_t bytes_max, int status) {
  return make_failure(failure_kind::body,
                      fmt::format("answer is larger than {} bytes", bytes_max), status);
}

}  // namespace

// -- opening --------------------------------------------------------------

tls_settings pool::tls_of(const prepared_request& r) const {
  auto t = r.source().tls;
  if (t.ca_file.empty()) t.ca_file = options_.ca_file;
  return t;
}

std::shared_ptr<connection> pool::connect_line(lane& l, stream_socket s) {
  const auto& r = *l.current->request;
  const auto limit = options_.header_bytes_max;
  if (!r.url().tls) return make_plain_connection(l, std::move(s), r, limit);
  return make_tls_connection(l, std::move(s), tls_.get(tls_of(r), steady_clock::now()), r,
                             limit);
}

void pool::on_connected(lane& l, connected&& c) {
  l.dialing.reset();
  if (c.socket) try {
      l.line = connect_line(l, std::move(*c.socket));
      wheel_.arm(l.patience, steady_clock::now() + bounds::first_answer_patience);
      return l.line->open();
    } catch (const std::runtime_error& e) {
      c.why = make_failure(failure_kind::tls,
                           fmt::format("TLS cannot be set up: {}", e.what()));
    }
  auto& j = *l.current;
  auto& o = l.at;
  if (c.no_descriptor && !idle_.empty()) {
    // Fewer files may be open than was thought, or others of this process have them.
    remove(l);
    drop_oldest_idle(o);
    return dial(o, j);
  }
  on_broken(l, {.why = std::move(c.why), .nothing_sent = true});
}

void pool::on_open(lane& l) {
  l.current->sent = true;
  l.line->send(l.current->request, l.current->stream != nullptr);
}

/// A server that serves one connection after the other is busy with the one that was
/// kept.
void pool::on_first_answer_late(lane& l) {
  if (!l.at.idle.empty()) remove(l.at.idle.front());
  wheel_.arm(l.patience, steady_clock::now() + bounds::first_answer_patience);
}

// -- an answer ------------------------------------------------------------

void pool::on_head(lane& l, answer_head&& h, bool is_all) {
  auto& j = *l.current;
  l.patience.disarm();
  if (l.answered && !j.resent &&
      asks_for_another_connection(j.request->source().method, h))
    return resend(l);
  const auto length = h.length.value_or(0);
  take_head(j, std::move(h));
  const auto status = j.answer.status;
  if (j.as == reception::streams) {
    wheel_.arm(j.due, steady_clock::now() + silence_allowed(*j.request));
    if (const auto s = j.stream; s->on_head) s->on_head(std::move(j.head));
    return;
  }
  const bool wanted = j.as == reception::wanted;
  const bool enough = j.request->source().status_is_enough;
  if (wanted && enough && is_good(status) && !is_all) {
    part(l, false);
    return finish(j);
  }
  if (wanted && !enough && length > options_.body_bytes_max) {
    part(l, false);
    return fail(j, too_large(options_.body_bytes_max, status));
  }
  j.answer.body.reserve(static_cast<std::size_t>(std::min(length, reserve_bytes_max)));
}

void pool::take_head(job& j, answer_head&& h) {
  j.answer.status = h.status;
  j.answer.encoding = std::move(h.encoding);
  j.location = std::move(h.location);
  j.as = is_followed(j.request->source().method, h.status) ? reception::detour
         : j.stream                                        ? reception::streams
                                                           : reception::wanted;
  if (j.stream) j.head = {h.status, std::move(h.fields)};
}

void pool::on_piece(lane& l, std::string_view bytes) {
  auto& j = *l.current;
  if (j.as == reception::streams) {
    wheel_.arm(j.due, steady_clock::now() + silence_allowed(*j.request));
    if (const auto s = j.stream; s->on_chunk) s->on_chunk(bytes);
    return;
  }
  auto& body = j.answer.body;
  if (body.size() + bytes.size() <= options_.body_bytes_max) {
    body += bytes;
    return;
  }
  part(l, false);
  if (j.as == reception::detour) return follow(j);
  if (j.request->source().status_is_enough) return finish(j);
  fail(j, too_large(options_.body_bytes_max, j.answer.status));
}

void pool::on_end(lane& l, answer_end e) {
  auto& j = *l.current;
  if (l.answered) note_reuse(l.at, true);
  part(l, e.reusable);
  if (j.as == reception::detour) return follow(j);
  j.answer.may_be_cut = e.may_be_cut;
  if (j.stream && e.may_be_cut)
    return fail(j, make_failure(failure_kind::body,
                                fmt::format("{} closed without TLS's close_notify; the "
                                            "answer may be cut",
                                            j.request->url().where),
                                j.answer.status));
  finish(j);
}

void pool::part(lane& l, bool reusable) {
  auto& j = *l.current;
  auto& o = l.at;
  l.current = nullptr;
  l.answered = true;
  j.on = nullptr;
  j.at = nullptr;
  if (reusable && is_kept(l, j))
    rest(l);
  else
    remove(l);
  settle(o);
}

void pool::follow(job& j) {
  const auto status = j.answer.status;
  const auto from = j.request->url().where;
  if (j.redirects == options_.redirects_max)
    return fail(j, make_failure(failure_kind::http,
                                fmt::format("more than {} redirects, the last from {}",
                                            options_.redirects_max, from),
                                status));
  try {
    if (j.location.empty()) throw std::invalid_argument("no Location");
    j.request = redirected(*j.request, j.location);
  } catch (const std::invalid_argument& e) {
    return fail(
        j, make_failure(failure_kind::http,
                        fmt::format("bad redirect from {}: {}", from, e.what()), status));
  }
  ++j.redirects;
  j.resent = false;
  j.sent_before = j.sent;
  j.answer = {};
  j.as = reception::none;
  dispatch(j);
}

// -- the end of a connection ----------------------------------------------

/// RFC 9112, section 9.3.1: a kept connection may be closed by the peer just as it is
/// used again, or the peer is confused by a second request. What is idempotent, or never
/// left, is sent once more on a fresh one; what is safe even when an answer has begun.
bool pool::may_resend(const lane& l, const breakage& b) const {
  const auto& j = *l.current;
  const auto method = j.request->source().method;
  if (!l.answered || j.resent || j.as == reception::streams) return false;
  if (b.nothing_sent || is_safe(method)) return true;
  return is_idempotent(method) && j.as == reception::none;
}

void pool::resend(lane& l) {
  auto& j = *l.current;
  auto& o = l.at;
  note_reuse(o, false);
  remove(l);
  j.on = nullptr;
  j.answer = {};
  j.as = reception::none;
  j.resent = true;
  j.sent_before = j.sent;
  dial(o, j);
}

void pool::on_broken(lane& l, breakage&& b) {
  auto& o = l.at;
  if (!l.current) {
    remove(l);
    return settle(o);
  }
  auto& j = *l.current;
  if (b.nothing_sent) j.sent = j.sent_before;
  if (may_resend(l, b)) return resend(l);
  if (b.distrusted && !j.resent && tls_.renew(tls_of(*j.request), steady_clock::now())) {
    remove(l);
    j.resent = true;
    return dial(o, j);
  }
  if (l.answered) note_reuse(o, false);
  part(l, false);
  if (j.as == reception::detour) return follow(j);
  if (j.as == reception::wanted && j.request->source().status_is_enough) return finish(j);
  fail(j, std::move(b.why));
}

/// A peer that fails second requests again and again gets a connection for each.
void pool::note_reuse(origin& o, bool is_good) {
  if (is_good) {
    if (!o.is_wary()) o.reuse_failures = 0;
    return;
  }
  ++o.reuse_failures;
  wheel_.arm(o.forgiven, steady_clock::now() + bounds::reuse_pause);
}

void pool::on_forgiven(origin& o) {
  o.reuse_failures = 0;
  drop_if_useless(o);
}

}  // namespace scaleit::net
