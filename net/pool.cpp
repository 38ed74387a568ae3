#include "net/pool.hpp"

#include "net/sentence.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace scaleit::net {

using std::chrono::steady_clock;

namespace {

/// Where the time went, for the person who reads the log.
std::string timeout_sentence(const job& j) {
  const auto& url = j.request->url();
  if (j.as == reception::streams)
    return fmt::format("answer from {} fell silent for {}, after {}", url.where,
                       spell(silence_allowed(*j.request)), j.on->line->progress());
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

std::chrono::milliseconds silence_allowed(const prepared_request& r) {
  const auto& s = r.source();
  return s.silence.count() > 0 ? s.silence : s.timeout;
}

job::job(pool& p, std::uint32_t i)
    : owner(p), index(i), due(this, [](void* me) {
        auto& j = *static_cast<job*>(me);
        j.owner.on_due(j);
      }) {}

lane::lane(pool& p, origin& o)
    : owner(p),
      at(o),
      born(steady_clock::now()),
      old(this,
          [](void* me) {
            auto& l = *static_cast<lane*>(me);
            l.owner.on_idle_too_long(l);
          }),
      patience(this, [](void* me) {
        auto& l = *static_cast<lane*>(me);
        l.owner.on_first_answer_late(l);
      }) {}

void lane::on_open() { owner.on_open(*this); }
void lane::on_head(answer_head&& h, bool is_all) {
  owner.on_head(*this, std::move(h), is_all);
}
void lane::on_piece(std::string_view bytes) { owner.on_piece(*this, bytes); }
void lane::on_end(answer_end e) { owner.on_end(*this, e); }
void lane::on_broken(breakage&& b) { owner.on_broken(*this, std::move(b)); }

origin::origin(pool& p)
    : owner(p), forgiven(this, [](void* me) {
        auto& o = *static_cast<origin*>(me);
        o.owner.on_forgiven(o);
      }) {}

pool::pool(event_loop& loop, client_options options)
    : io_(loop.io()),
      options_(std::move(options)),
      wheel_(io_),
      names_(io_),
      tls_(options_.warn) {}

pool::~pool() { stop(); }

// -- the client's face ----------------------------------------------------

http_client::ticket pool::submit(prepared_ptr r, http_client::handler done) {
  auto& j = new_job();
  j.done = std::move(done);
  return begin(j, std::move(r));
}

http_client::ticket pool::stream(prepared_ptr r, stream_handlers h) {
  auto& j = new_job();
  j.stream = std::make_shared<stream_handlers>(std::move(h));
  return begin(j, std::move(r));
}

http_client::ticket pool::begin(job& j, prepared_ptr r) {
  j.request = std::move(r);
  j.submitted = steady_clock::now();
  wheel_.arm(j.due, j.submitted + j.request->source().timeout);
  dispatch(j);
  return j.ticket();
}

void pool::cancel(http_client::ticket t) {
  auto* j = find(t);
  if (!j) return;
  // Destroyed last: they may come back to us.
  const auto done = std::move(j->done);
  const auto stream = std::move(j->stream);
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
  std::vector<std::shared_ptr<stream_handlers>> dropped_streams;
  for (auto& j : jobs_) {
    if (!j.request) continue;
    dropped.push_back(std::move(j.done));
    dropped_streams.push_back(std::move(j.stream));
    abandon(j);
    free(j);
  }
  while (!idle_.empty()) remove(idle_.front());
  starved_.clear();
  origins_.clear();
}

// -- jobs -----------------------------------------------------------------

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
  j.stream = nullptr;
  j.answer = {};
  j.head = {};
  j.location.clear();
  j.as = reception::none;
  j.at = nullptr;
  j.on = nullptr;
  j.redirects = 0;
  j.resent = false;
  j.sent = j.sent_before = false;
  ++j.generation;
  free_jobs_.push_back(&j);
}

job* pool::find(http_client::ticket t) {
  const auto index = static_cast<std::size_t>(t & 0xffffffffU);
  if (index >= jobs_.size()) return nullptr;
  auto& j = jobs_[index];
  return j.request && j.ticket() == t ? &j : nullptr;
}

void pool::finish(job& j) {
  auto& r = j.answer;
  r.took = std::chrono::duration_cast<microseconds>(steady_clock::now() - j.submitted);
  r.unsent = !j.sent;
  if (r.error) r.error->took = r.took;
  auto answer = std::move(j.answer);
  const auto done = std::move(j.done);
  const auto stream = std::move(j.stream);
  free(j);
  if (!stream)
    done(std::move(answer));
  else if (stream->on_end)
    stream->on_end({std::move(answer.error), answer.took});
}

void pool::fail(job& j, failure&& f) {
  j.answer = {};
  j.answer.error = std::move(f);
  finish(j);
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
  auto why = make_failure(failure_kind::timeout, timeout_sentence(j), j.answer.status);
  auto* o = j.at;
  const bool reused = j.on && j.on->answered;
  if (o && reused && j.as != reception::streams) note_reuse(*o, false);
  if (abandon(j)) settle(*o);
  fail(j, std::move(why));
}

}  // namespace scaleit::net
