// What a target's actors must not forget when one of them dies.
//
// Owned by the supervisor, which hands it to every actor it starts. All of a
// target's actors run on one loop, and each field has one writer, so it needs no
// lock. The history is a fold over the target's events (policy/memory.hpp); the
// scale request in flight is here because the application may carry it out although
// the actuator that sent it is gone, and must not be asked a second time.
#pragma once

#include "actors/chaos.hpp"
#include "actors/publisher.hpp"
#include "actors/reader_cache.hpp"
#include "actors/spread.hpp"
#include "messages/event.hpp"
#include "messages/protocol.hpp"
#include "net/http.hpp"
#include "policy/history.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace scaleit::actors {

struct ledger {
  /// A scale request that was sent; `answer` is set when the application answered.
  struct request {
    int from = 0;
    int to = 0;
    event_ptr cause;
    steady_time poll_began{};
    std::optional<http_response> answer;
  };

  target_ptr spec;
  policy::history history;            ///< a fold over the events below, in their order
  std::uint64_t loops_completed = 0;  ///< written by decider
  std::optional<request> in_flight;   ///< written by actuator
  steady_time last_answer{};          ///< of a scale request; written by actuator
  actuator_actor actuator;            ///< who hears of the answer; written by supervisor

  // -- the order of the fold
  // --------------------------------------------------------------- A record is folded in
  // its order: a poll, its decision, then what happened after the poll. So what comes
  // between a poll and its decision waits until that is made.

  /// The poll is about to be decided on. One that was awaited before never will be: its
  /// decider is dead.
  void await(event_ptr poll) {
    if (awaited) {
      policy::recall(*spec, history, *awaited);
      decided();
    }
    awaited = std::move(poll);
    if (awaited) policy::follow_clock(history, awaited->stepped);
  }
  /// The awaited poll and its decision are in the history.
  void decided() {
    awaited.reset();
    for (const auto& e : std::exchange(waiting, {})) policy::recall(*spec, history, *e);
  }
  void fold(event_ptr e) {
    if (awaited)
      waiting.push_back(std::move(e));
    else
      policy::recall(*spec, history, *e);
  }

  /// The scale request that was sent and whose end nobody has told; null if there is
  /// none. Without one in flight it is left over from who ended before the answer came.
  std::optional<policy::scaling_news> unended() const {
    auto sent = history.live.requested;
    for (const auto& e : waiting)
      if (const auto news = policy::news_of(*e))
        sent = news->what == policy::request_is::sent ? news : std::nullopt;
    return sent;
  }

  event_ptr awaited;
  std::vector<event_ptr> waiting;
};

using ledger_ptr = std::shared_ptr<ledger>;

/// What actors use and do not own; outlives them all.
struct services {
  net::http_client& client;
  publisher& events;
  chaos& mishaps;
  reader_cache& readers;
  /// A target's place in its interval.
  std::function<steady_time::duration(std::string_view name, milliseconds interval)>
      place = spread;
};

/// Emits an event of the target and folds it into its history.
inline void record(const services& s, ledger& book, steady_time at, event::payload data) {
  book.fold(s.events.emit(at, book.spec, std::move(data)));
}

}  // namespace scaleit::actors
