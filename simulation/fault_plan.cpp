#include "simulation/fault_plan.hpp"

#include "simulation/random.hpp"

#include <array>

namespace scaleit::simulation {

fault fault_plan::next() {
  static constexpr std::array turns{fault_kind::status_500, fault_kind::status_503,
                                    fault_kind::reset, fault_kind::stall,
                                    fault_kind::half_body};
  static constexpr double stall_ms_min = 3000, stall_ms_max = 6000;

  if (unit(seed_, stream::fault, requests_++) >= error_rate_) return {};
  fault f;
  f.kind = turns[failed_ % turns.size()];
  if (f.kind == fault_kind::stall)
    f.stall = std::chrono::milliseconds{static_cast<std::int64_t>(
        between(stall_ms_min, stall_ms_max, seed_, stream::stall, failed_))};
  ++failed_;
  return f;
}

}  // namespace scaleit::simulation
