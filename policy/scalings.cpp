#include "policy/scalings.hpp"

namespace scaleit::policy {

namespace {

void count(scalings::change& sums, int by, int sign) {
  (by > 0 ? sums.added : sums.removed) += sign * (by > 0 ? by : -by);
}

}  // namespace

void scalings::prepare(const target_spec& spec) {
  if (!periods_.empty()) return;
  const auto start = [&](microseconds length) {
    span s;
    s.length = length;
    for (const auto& e : all_) count(s.sums, e.value, 1);
    periods_.push_back(s);
  };
  start(spec.warmup);
  for (const auto& p : spec.behavior.up.policies) start(p.period);
  for (const auto& p : spec.behavior.down.policies) start(p.period);
}

void scalings::add(const target_spec& spec, time_point at, int by) {
  prepare(spec);
  if (all_.full() && all_.capacity() >= bounds::window_samples_max) restart();
  make_room(all_);
  if (all_.empty() || all_.back().at <= at) {
    all_.push_back({at, by});
    for (auto& p : periods_) count(p.sums, by, 1);
  } else {
    auto place = all_.end();
    while (place != all_.begin() && (place - 1)->at > at) --place;
    all_.insert(place, {at, by});
    restart();  // every index may have moved
  }
  advance(spec, at);
}

void scalings::advance(const target_spec& spec, time_point now) {
  prepare(spec);
  auto unused = all_.size();
  for (auto& p : periods_) {
    while (p.begin < all_.size() && all_[p.begin].at <= now - p.length)
      count(p.sums, all_[p.begin++].value, -1);
    unused = std::min(unused, p.begin);
  }
  for (auto& p : periods_) p.begin -= unused;
  all_.erase_begin(unused);
}

void scalings::shift(microseconds by) {
  for (auto& e : all_) e.at += by;
}

}  // namespace scaleit::policy
