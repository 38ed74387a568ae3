// How the pool finds a connection for a job, and who is next when one is free.
#include "net/pool.hpp"
#include "net/sentence.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <chrono>

namespace scaleit::net {

using std::chrono::steady_clock;

// -- finding a connection -------------------------------------------------

origin& pool::origin_of(const prepared_request& r) {
  const auto [it, is_new] = origins_.try_emplace(r.origin(), *this);
  if (is_new) it->second.key = &it->first;
  return it->second;
}

void pool::dispatch(job& j) {
  auto& o = origin_of(*j.request);
  j.at = &o;
  if (place_on_idle(o, j)) return;
  if (o.lanes.size() < options_.connections_per_origin_max && make_room(o))
    return dial(o, j);
  enqueue(o, j);
}

void pool::enqueue(origin& o, job& j) {
  if (o.queue.size() >= bounds::queued_requests_per_origin_max) {
    j.at = nullptr;
    return fail_later(j, make_failure(failure_kind::connect,
                                      fmt::format("too many requests waiting for {}",
                                                  j.request->url().where)));
  }
  o.queue.push_back(j);
  ++queued_;
  note_hunger(o);
}

/// Or in the place of one. A server with a single thread is held by the connection that
/// is kept: who wants one of its own could wait for ever.
bool pool::place_on_idle(origin& o, job& j) {
  if (j.wants_own_connection() || o.is_wary()) {
    if (o.idle.empty()) return false;
    remove(o.idle.front());
    dial(o, j);
    return true;
  }
  auto* l = take_idle(o, j.request->source().method);
  if (l) assign(*l, j);
  return l != nullptr;
}

void pool::assign(lane& l, job& j) {
  l.current = &j;
  j.on = &l;
  j.sent = true;
  l.line->send(j.request, j.stream != nullptr);
}

void pool::dial(origin& o, job& j) {
  auto& l = o.lanes.emplace_back(*this, o);
  l.self = std::prev(o.lanes.end());
  ++lanes_;
  l.current = &j;
  j.on = &l;
  l.dialing = std::make_shared<connector>(io_, names_, wheel_, j.request->url(),
                                          options_.connect_timeout);
  l.dialing->start([this, &l](connected&& c) { on_connected(l, std::move(c)); });
}

/// The most recently used one, so that the others may grow old. A write may do harm when
/// it is sent twice, so that it goes only where the peer is known to listen.
lane* pool::take_idle(origin& o, verb method) {
  while (!o.idle.empty()) {
    auto& l = o.idle.back();
    if (!is_safe(method) && !l.line->is_quiet()) {
      remove(l);
      continue;
    }
    o.idle.pop_back();
    idle_.erase(idle_.iterator_to(l));
    l.old.disarm();
    return &l;
  }
  return nullptr;
}

bool pool::make_room(const origin& for_whom) {
  if (lanes_ < options_.connections_max) return true;
  if (idle_.empty()) return false;
  drop_oldest_idle(for_whom);
  return true;
}

void pool::drop_oldest_idle(const origin& for_whom) {
  auto& victim = idle_.front();
  auto& o = victim.at;
  remove(victim);
  if (&o != &for_whom) drop_if_useless(o);
}

void pool::drop_if_useless(origin& o) {
  if (!o.is_of_use()) origins_.erase(*o.key);
}

// -- lanes ----------------------------------------------------------------

/// A name may have moved to another address while the old one goes on answering.
bool pool::is_kept(const lane& l, const job& j) const {
  return !j.wants_own_connection() && !l.at.is_wary() &&
         steady_clock::now() - l.born < options_.age_max;
}

void pool::rest(lane& l) {
  l.at.idle.push_back(l);
  idle_.push_back(l);
  wheel_.arm(l.old, steady_clock::now() + options_.idle_timeout);
  l.line->rest();
}

void pool::remove(lane& l) {
  if (l.idle_here.is_linked()) {
    l.at.idle.erase(l.at.idle.iterator_to(l));
    idle_.erase(idle_.iterator_to(l));
  }
  if (l.dialing) l.dialing->cancel();
  if (l.line) l.line->close();
  --lanes_;
  l.at.lanes.erase(l.self);
}

void pool::note_hunger(origin& o) {
  const bool hungry =
      !o.queue.empty() && o.lanes.size() < options_.connections_per_origin_max;
  if (hungry && !o.starved.is_linked()) starved_.push_back(o);
  if (!hungry && o.starved.is_linked()) starved_.erase(starved_.iterator_to(o));
}

void pool::settle(origin& o) {
  auto next = [this](origin& from) -> job& {
    auto& j = from.queue.front();
    from.queue.pop_front();
    --queued_;
    return j;
  };
  while (!o.queue.empty() && !o.idle.empty()) {
    if (!place_on_idle(o, o.queue.front())) break;
    next(o);
  }
  note_hunger(o);
  while (!starved_.empty() && make_room(o)) {
    auto& hungry = starved_.front();
    starved_.pop_front();
    dial(hungry, next(hungry));
    note_hunger(hungry);  // at the end of the line, if at all
  }
  drop_if_useless(o);
}

void pool::on_idle_too_long(lane& l) {
  auto& o = l.at;
  remove(l);
  settle(o);
}

}  // namespace scaleit::net
