#include "telemetry/record_streak.hpp"

#include <fmt/format.h>

#include <utility>

namespace scaleit::telemetry {

using std::chrono::milliseconds;

std::optional<log_line> record_streak::tell(const record::record_state& s,
                                            steady_time now) {
  const bool drops = s.dropped > std::exchange(dropped_, s.dropped);
  const bool fails = drops || !s.writing;
  if (fails == failing_) return {};
  failing_ = fails;
  if (fails) {
    since_ = now;
    dropped_before_ = drops ? 0 : s.dropped;
    return log_line{log_level::warning,
                    s.writing ? "the record loses events: the disk is too slow"
                              : "the record cannot be written: " + s.error};
  }
  const auto lost = s.dropped - dropped_before_;
  return log_line{lost > 0 ? log_level::warning : log_level::info,
                  fmt::format("the record is written again after {}; {} lost",
                              to_string(std::chrono::round<milliseconds>(now - since_)),
                              lost == 0   ? std::string{"no event was"}
                              : lost == 1 ? std::string{"1 event was"}
                                          : fmt::format("{} events were", lost))};
}

}  // namespace scaleit::telemetry
