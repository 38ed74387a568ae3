#include "actors/publisher.hpp"

#include <caf/send.hpp>

#include <utility>

namespace scaleit::actors {

void subscription::attach(subscriber_actor reader) {
  reader_ = std::move(reader);
  awake_ = false;
  wake();
}

void subscription::push(const event_ptr& e) {
  if (queue_.size() >= capacity_) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  queue_.push_back(e);
  depth_.store(queue_.size(), std::memory_order_relaxed);
  wake();
}

event_ptr subscription::pop() {
  if (queue_.empty()) return nullptr;
  auto e = std::move(queue_.front());
  queue_.pop_front();
  depth_.store(queue_.size(), std::memory_order_relaxed);
  return e;
}

void subscription::wake() {
  if (awake_ || queue_.empty() || !reader_) return;
  awake_ = true;
  caf::anon_send(reader_, events_ready{});
}

event_ptr publisher::emit(steady_time at, target_ptr target, event::payload data) {
  return emit(time_at(at), std::move(target), std::move(data));
}

event_ptr publisher::emit(time_point time, target_ptr target, event::payload data) {
  auto e = std::make_shared<event>();
  e->sequence = ++sequence_;
  e->time = time;
  e->stepped = stepped_;
  e->target = std::move(target);
  e->data = std::move(data);
  for (const auto& reader : readers_) reader->push(e);
  return e;
}

event_ptr publisher::reanchor(steady_time at, time_point wall) {
  const microseconds by = wall - time_at(at);
  offset_ += by;
  stepped_ += by;
  return emit(at, nullptr, clock_stepped{by});
}

std::shared_ptr<subscription> publisher::subscribe(std::string name,
                                                   std::size_t capacity) {
  readers_.push_back(std::make_shared<subscription>(std::move(name), capacity));
  return readers_.back();
}

}  // namespace scaleit::actors
