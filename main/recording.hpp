// The record of a daemon: its recorder, on the roster of the house, with its metrics and
// its lines in the log.
#pragma once

#include "actors/house.hpp"
#include "record/recorder.hpp"
#include "telemetry/record_metrics.hpp"
#include "telemetry/record_streak.hpp"

#include <memory>
#include <string>

namespace scaleit::main {

class recording {
 public:
  /// Opens the record (throws record_error, record_locked) and lets the ids of the
  /// house's events go on after it.
  recording(const record::record_options& o, actors::house& house,
            prometheus::Registry& registry);

  /// Says in the log where it goes.
  void announce() const;

  /// On every pulse of the loop.
  void pulse(steady_time now);

  /// When the loop has ended: what it had no time for is written, and the record closed.
  void finish();

 private:
  /// The record's beginning goes one day, and with it who the targets were.
  void restate_targets(steady_time now);
  void drain();

  const std::string directory_;
  actors::house& house_;
  record::recorder recorder_;
  telemetry::record_metrics metrics_;
  telemetry::record_streak streak_;
  std::shared_ptr<actors::subscription> events_;
};

}  // namespace scaleit::main
