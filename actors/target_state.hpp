// What a target's actors must not forget when one of them dies.
//
// The state belongs to the target, and its three actors are the hands that work on it:
// all run on one loop, so it needs no lock, and a crash of one of them takes nothing
// along. The history is a fold over the target's events (policy/memory.hpp); the scale
// request in flight is here because the application may carry it out although the
// actuator that sent it is gone, and must not be asked a second time. The supervisor owns
// it and hands it to every actor that it starts.
#pragma once

#include "messages/event.hpp"
#include "messages/protocol.hpp"
#include "net/http.hpp"
#include "policy/history.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace scaleit::actors {

struct target_state {
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
  std::uint64_t loops_completed = 0;  ///< good polls that were decided on
  std::optional<request> in_flight;
  steady_time last_answer{};  ///< of a scale request
  actuator_actor actuator;    ///< who hears of the answer

  // -- the order of the fold ------------------------------------------------------
  // A record is folded in its order: a poll, its decision, then what happened after the
  // poll. So what comes between a poll and its decision waits until that is made.

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

using target_state_ptr = std::shared_ptr<target_state>;

}  // namespace scaleit::actors
