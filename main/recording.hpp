// The record of a daemon: its recorder, a subscriber of the control loop, with its
// metrics and its lines in the log.
#pragma once

#include "actors/control_loop.hpp"
#include "record/recorder.hpp"
#include "telemetry/families.hpp"
#include "telemetry/record_streak.hpp"
#include "telemetry/sampled.hpp"

#include <memory>
#include <string>

namespace scaleit::main {

class recording {
 public:
  /// Opens the record (throws record_error, record_locked) and lets the ids of the
  /// loop's events go on after it.
  recording(const spec::record_spec& o, actors::control_loop& control,
            telemetry::families& metrics);

  /// Says in the log where it goes.
  void announce() const;

  /// On every pulse of the loop.
  void pulse(steady_time now);

  /// When the loop has ended: what it had no time for is written, and the record closed.
  void finish();

 private:
  const std::string directory_;
  record::recorder recorder_;
  telemetry::sampled_record metrics_;
  telemetry::record_streak streak_;
  std::shared_ptr<actors::subscription> events_;
};

}  // namespace scaleit::main
