// The scalings that were applied, and what they added and removed within any of a
// target's periods: HPA's "scale events".
#pragma once

#include "messages/target_spec.hpp"
#include "policy/windows.hpp"

#include <boost/container/small_vector.hpp>

#include <cstdint>

namespace scaleit::policy {

class scalings {
 public:
  struct change {
    std::int64_t added = 0;
    std::int64_t removed = 0;
    bool operator==(const change&) const = default;
  };

  /// The number of a period: the warm-up's, or that of one of the policies.
  static std::size_t warmup() { return 0; }
  static std::size_t up(std::size_t policy) { return 1 + policy; }
  static std::size_t down(const target_spec& spec, std::size_t policy) {
    return 1 + spec.behavior.up.policies.size() + policy;
  }

  /// `to - from` replicas at `at`; usually the newest.
  void add(const target_spec& spec, time_point at, int by);
  /// Leaves in each period what is strictly newer than `now` minus its length.
  void advance(const target_spec& spec, time_point now);
  /// What changed within the period, as of the last advance().
  const change& within(std::size_t period) const { return periods_[period].sums; }
  void shift(microseconds by);
  /// The periods' sums and indices are computed anew when they are next needed.
  void restart() { periods_.clear(); }

  std::size_t size() const { return all_.size(); }
  bool operator==(const scalings& other) const { return all_ == other.all_; }

 private:
  struct span {
    std::size_t begin = 0;  ///< the first entry within the period
    change sums;            ///< of all from there on
    microseconds length{0};
  };
  void prepare(const target_spec& spec);

  ring<sample<int>> all_;
  /// Derived from `all_`; empty until it is needed.
  boost::container::small_vector<span, 4> periods_;
};

}  // namespace scaleit::policy
