#include "main/recording.hpp"

#include "main/logging.hpp"
#include "messages/actor_names.hpp"
#include "messages/text.hpp"

#include <fmt/format.h>

#include <chrono>
#include <exception>

namespace scaleit::main {

recording::recording(const spec::record_spec& o, actors::control_loop& control,
                     telemetry::families& metrics)
    : directory_(o.dir),
      recorder_(o, [] { return std::chrono::steady_clock::now(); }),
      metrics_(metrics),
      events_(control.subscribe(actor_names::recorder,
                                [this](const event& e) { recorder_.take(e); })) {
  control.events().continue_after(recorder_.last_id());
}

void recording::announce() const {
  log(log_level::info, fmt::format("recording into {}, from event {} on",
                                   printable(directory_), recorder_.last_id() + 1));
}

void recording::pulse(steady_time now) {
  auto state = recorder_.state();
  metrics_.show(state);
  state.dropped += events_->dropped();  // counted by its own metric
  if (const auto line = streak_.tell(state, now)) log(line->level, line->text);
}

void recording::finish() {
  // Nobody else reads the queue any more.
  while (const auto e = events_->pop()) {
    try {
      recorder_.take(*e);
    } catch (const std::exception& error) {
      log(log_level::error,
          fmt::format("event {} is not recorded: {}", e->sequence, error.what()));
    }
  }
  recorder_.stop();
  pulse(std::chrono::steady_clock::now());
  if (const auto s = recorder_.state(); !s.writing)
    log(log_level::warning, fmt::format("the record ends early ({}); {} events were lost",
                                        s.error, s.dropped));
}

}  // namespace scaleit::main
