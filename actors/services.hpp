// What the actors of all targets use and do not own.
#pragma once

#include "actors/chaos.hpp"
#include "actors/publisher.hpp"
#include "actors/reader_cache.hpp"
#include "actors/spread.hpp"
#include "actors/target_state.hpp"
#include "net/http.hpp"
#include "spec/secret_store.hpp"

#include <functional>
#include <string_view>
#include <utility>

namespace scaleit::actors {

/// Outlives them all.
struct services {
  net::http_client& client;
  publisher& events;
  chaos& mishaps;
  reader_cache& readers;
  spec::secret_store& secrets;
  /// A target's place in its interval.
  std::function<steady_time::duration(std::string_view name, milliseconds interval)>
      place = spread;
};

/// Emits an event of the target and folds it into its history.
inline void emit_and_fold(const services& with, target_state& target, steady_time at,
                          event::payload data) {
  target.fold(with.events.emit(at, target.spec, std::move(data)));
}

}  // namespace scaleit::actors
