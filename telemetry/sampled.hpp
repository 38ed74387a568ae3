// What no event tells, looked at on each pulse of the control loop.
#pragma once

#include "messages/time.hpp"
#include "record/recorder.hpp"
#include "telemetry/families.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace scaleit::telemetry {

/// Every total is that since the daemon's start.
class sampled {
 public:
  /// `into` outlives this.
  explicit sampled(families& into);

  void queue_depth(const std::string& queue, std::size_t depth);
  void events_dropped(const std::string& subscriber, std::uint64_t total);
  void log_lines_dropped(std::uint64_t total);
  void connections(std::size_t open, std::size_t idle);
  void loop_lag(double seconds);

 private:
  families& all_;
};

/// The record's, there only with a record.
class sampled_record {
 public:
  explicit sampled_record(families& into);
  void show(const record::record_state& s);

 private:
  families& all_;
};

/// The config file's, there only with one.
class config_file {
 public:
  /// The file was good when the daemon started.
  config_file(families& into, time_point now);
  void read_again(bool good, time_point now);

 private:
  families& all_;
};

}  // namespace scaleit::telemetry
