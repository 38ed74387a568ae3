#include "main/recording.hpp"

#include "main/logging.hpp"
#include "messages/text.hpp"

#include <fmt/format.h>

#include <chrono>
#include <exception>

namespace scaleit::main {

recording::recording(const record::record_options& o, actors::house& house,
                     prometheus::Registry& registry)
    : directory_(o.directory),
      house_(house),
      recorder_(o, [] { return std::chrono::steady_clock::now(); }),
      metrics_(registry),
      events_(
          house.subscribe("recorder", [this](const event& e) { recorder_.take(e); })) {
  house.events().continue_after(recorder_.last_id());
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
  if (recorder_.half_a_segment()) restate_targets(now);
}

void recording::restate_targets(steady_time now) {
  drain();  // ids are to grow from line to line
  auto& events = house_.events();
  for (const auto& [name, crew] : house_.staff().crews)
    recorder_.take(
        *events.stamp(events.time_at(now), now, crew.book->spec, target_changed{}));
  recorder_.half_a_segment();  // what this took does not count
}

void recording::drain() {
  while (const auto e = events_->pop()) {
    try {
      recorder_.take(*e);
    } catch (const std::exception& error) {
      log(log_level::error,
          fmt::format("event {} is not recorded: {}", e->sequence, error.what()));
    }
  }
}

void recording::finish() {
  drain();
  recorder_.stop();
  pulse(std::chrono::steady_clock::now());
  if (const auto s = recorder_.state(); !s.writing)
    log(log_level::warning, fmt::format("the record ends early ({}); {} events were lost",
                                        s.error, s.dropped));
}

}  // namespace scaleit::main
