#include "net/pool.hpp"

#include "net/sentence.hpp"
#include "net/tls.hpp"

#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace scaleit::net {

using std::chrono::steady_clock;

namespace {

/// RFC 9110, section 15.4. Only 307 and 308 keep the method for certain, and a
/// write must not turn into a read.
bool is_followed(verb method, int status) {
  if (status == 307 || status == 308) return true;
  return method == verb::get && (status == 301 || status == 302 || status == 303);
}

/// Where the time went, for the person who reads the log.
std::string timeout_sentence(const job& j) {
  const auto& url = j.request->url();
  const auto limit = spell(j.request->source().timeout);
  if (!j.on) return fmt::format("no free connection to {} within {}", url.where, limit);
  if (j.on->dialing && j.on->dialing->resolving())
    return fmt::format("resolving {} took longer than {}", url.host, limit);
  if (j.on->dialing)
    return fmt::format("no connection to {} within {}", url.where, limit);
  if (!j.on->line->is_open())
    return fmt::format("no TLS handshake with {} within {}", url.where, limit);
  const auto progress = j.on->line->progress();
  if (progress.empty())
    return fmt::format("no answer from {} within {}", url.where, limit);
  return fmt::format("answer from {} incomplete after {}: {}", url.where, limit,
                     progress);
}

}  // namespace

job::job(pool& p, std::uint32_t i)
    : owner(p), index(i), due(this, [](void* me) {
        auto& j = *static_cast<job*>(me);
        j.owner.on_due(j);
      }) {}

lane::lane(pool& p, origin& o)
    : owner(p), at(o), old(this, [](void* me) {
        auto& l = *static_cast<lane*>(me);
        l.owner.on_idle_too_long(l);
      }) {}

void lane::on_open() { line->send(current->request); }
void lane::on_answer(answer&& a) { owner.on_answer(*this, std::move(a)); }
void lane::on_broken(breakage&& b) { owner.on_broken(*this, std::move(b)); }

pool::pool(event_loop& loop, client_options options)
    : io_(loop.io()), options_(std::move(options)), wheel_(io_), names_(io_) {}

pool::~pool() { stop(); }

// -- the client's face -------------------------------------------------------------

http_client::ticket pool::submit(prepared_ptr r, http_client::handler done) {
  auto& j = new_job();
  j.request = std::move(r);
  j.done = std::move(done);
  j.submitted = steady_clock::now();
  wheel_.arm(j.due, j.submitted + j.request->source().timeout);
  dispatch(j);
  return j.ticket();
}

void pool::cancel(http_client::ticket t) {
  auto* j = find(t);
  if (!j) return;
  const auto done = std::move(j->done);  // destroyed last: it may come back to us
  auto* o = abandon(*j);
  free(*j);
  if (o) settle(*o);
}

client_stats pool::stats() const {
  client_stats s;
  s.connections_open = lanes_;
  s.connections_idle = idle_.size();
  s.requests_queued = queued_;
  s.requests_in_flight = jobs_.size() - free_jobs_.size() - queued_;
  return s;
}

void pool::stop() {
  std::vector<http_client::handler> dropped;
  for (auto& j : jobs_) {
    if (!j.request) continue;
    dropped.push_back(std::move(j.done));
    abandon(j);
    free(j);
  }
  while (!idle_.empty()) remove(idle_.front());
  starved_.clear();
  origins_.clear();
}

// -- jobs ----------------------------------------------------------------------------

job& pool::new_job() {
  if (free_jobs_.empty()) {
    // So that free() cannot fail.
    if (free_jobs_.capacity() == jobs_.size()) free_jobs_.reserve(2 * jobs_.size() + 16);
    return jobs_.emplace_back(*this, static_cast<std::uint32_t>(jobs_.size()));
  }
  auto& j = *free_jobs_.back();
  free_jobs_.pop_back();
  return j;
}

void pool::free(job& j) {
  j.due.disarm();
  j.request.reset();
  j.done = nullptr;
  j.at = nullptr;
  j.on = nullptr;
  j.redirects = 0;
  j.resent = false;
  ++j.generation;
  free_jobs_.push_back(&j);
}

job* pool::find(http_client::ticket t) {
  const auto index = static_cast<std::size_t>(t & 0xffffffffU);
  if (index >= jobs_.size()) return nullptr;
  auto& j = jobs_[index];
  return j.request && j.ticket() == t ? &j : nullptr;
}

void pool::finish(job& j, http_response&& r) {
  r.took = std::chrono::duration_cast<microseconds>(steady_clock::now() - j.submitted);
  if (r.error) r.error->took = r.took;
  const auto done = std::move(j.done);
  free(j);
  done(std::move(r));
}

void pool::fail(job& j, failure&& f) {
  http_response r;
  r.error = std::move(f);
  finish(j, std::move(r));
}

void pool::fail_later(job& j, failure f) {
  asio::post(io_,
             [weak = weak_from_this(), t = j.ticket(), why = std::move(f)]() mutable {
               const auto self = weak.lock();
               if (!self) return;
               if (auto* found = self->find(t)) self->fail(*found, std::move(why));
             });
}

/// Takes `j` out of its queue, or closes its connection. Its origin, if it had one.
origin* pool::abandon(job& j) {
  auto* o = j.at;
  if (j.queued.is_linked()) {
    o->queue.erase(o->queue.iterator_to(j));
    --queued_;
  }
  if (j.on) remove(*j.on);
  j.on = nullptr;
  j.at = nullptr;
  return o;
}

void pool::on_due(job& j) {
  auto why = make_failure(failure_kind::timeout, timeout_sentence(j));
  if (auto* o = abandon(j)) settle(*o);
  fail(j, std::move(why));
}

// -- what lanes report ---------------------------------------------------------------

std::shared_ptr<connection> pool::connect_line(lane& l, asio::ip::tcp::socket s) {
  const auto& url = l.current->request->url();
  const answer_limits limits{options_.header_bytes_max, options_.body_bytes_max};
  if (!url.tls) return make_plain_connection(l, std::move(s), url, limits);
  if (!tls_) tls_ = make_tls_context(options_.ca_file);
  return make_tls_connection(l, std::move(s), tls_, url, limits);
}

void pool::on_connected(lane& l, connected&& c) {
  l.dialing.reset();
  if (c.socket) try {
      l.line = connect_line(l, std::move(*c.socket));
      return l.line->open();
    } catch (const boost::system::system_error& e) {
      c.why = make_failure(failure_kind::tls,
                           fmt::format("TLS cannot be set up: {}", e.what()));
    }
  on_broken(l, {std::move(c.why)});
}

void pool::on_answer(lane& l, answer&& a) {
  auto& j = *l.current;
  auto& o = l.at;
  l.current = nullptr;
  l.answered = true;
  j.on = nullptr;
  j.at = nullptr;
  if (a.reusable)
    rest(l);
  else
    remove(l);
  settle(o);
  if (is_followed(j.request->source().method, a.status)) return follow(j, a);
  http_response r;
  r.status = a.status;
  r.body = std::move(a.body);
  finish(j, std::move(r));
}

void pool::follow(job& j, const answer& a) {
  if (j.redirects == options_.redirects_max)
    return fail(j,
                make_failure(failure_kind::http,
                             fmt::format("more than {} redirects, the last from {}",
                                         options_.redirects_max, j.request->url().where),
                             a.status));
  try {
    if (a.location.empty()) throw std::invalid_argument("no Location");
    j.request = redirected(*j.request, a.location);
  } catch (const std::invalid_argument& e) {
    return fail(j, make_failure(failure_kind::http,
                                fmt::format("bad redirect from {}: {}",
                                            j.request->url().where, e.what()),
                                a.status));
  }
  ++j.redirects;
  j.resent = false;
  dispatch(j);
}

void pool::on_broken(lane& l, breakage&& b) {
  auto& o = l.at;
  auto* j = l.current;
  // RFC 9112, section 9.3.1: a kept connection may be closed by the peer just as
  // it is used again. Only what is idempotent, or never left, is sent once more.
  const bool again = j && l.answered && !j->resent && b.before_answer &&
                     (b.nothing_sent || j->request->source().method == verb::get);
  remove(l);
  if (j) j->on = nullptr;
  if (again) {
    j->resent = true;
    return dial(o, *j);
  }
  settle(o);
  if (j) fail(*j, std::move(b.why));
}

}  // namespace scaleit::net
