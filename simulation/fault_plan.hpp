// Which requests of an application fail, and how: real ones fail now and then,
// and what is built to live with that must be shown every kind of it.
#pragma once

#include <chrono>
#include <cstdint>

namespace scaleit::simulation {

enum class fault_kind : std::uint8_t {
  none,
  status_500,
  status_503,
  reset,      ///< the connection is reset, no answer
  stall,      ///< the right answer, seconds late
  half_body,  ///< the right answer, cut in the middle
};

struct fault {
  fault_kind kind = fault_kind::none;
  std::chrono::milliseconds stall{0};  ///< of a stall: 3 s to 6 s
  bool operator==(const fault&) const = default;
};

/// Each request fails with the same probability, whatever happened before; those
/// that fail do so in turn as 500, 503, reset, stall, half body. The plan
/// depends on the seed and the order of requests alone.
class fault_plan {
 public:
  /// `error_rate` is a probability, 0 to 1.
  fault_plan(double error_rate, std::uint64_t seed)
      : error_rate_(error_rate), seed_(seed) {}

  /// The fate of the next request.
  fault next();

 private:
  double error_rate_;
  std::uint64_t seed_;
  std::uint64_t requests_ = 0;
  std::uint64_t failed_ = 0;
};

}  // namespace scaleit::simulation
