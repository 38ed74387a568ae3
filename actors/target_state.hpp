// What a target's actors must not forget when one of them dies.
//
// The state belongs to the target, and its three actors work on it: all run on one loop,
// so it needs no lock, and a crash of one of them takes nothing along. The history is a
// fold over the target's events (policy/memory.hpp); the scale request in flight is here
// because the application may carry it out although the actuator that sent it is gone,
// and must not be asked a second time. The supervisor owns it and hands it to every actor
// that it starts.
#pragma once

#include "actors/credentialed_request.hpp"
#include "actors/report.hpp"
#include "messages/event.hpp"
#include "messages/protocol.hpp"
#include "net/http.hpp"
#include "policy/history.hpp"

#include <cstdint>
#include <list>
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
    event_ptr poll;
    std::shared_ptr<credentialed_request> sent;
    steady_time poll_began{};
    std::optional<http_response> answer;
  };

  target_ptr spec;
  policy::history history;            ///< a fold over the events below, in their order
  std::uint64_t loops_completed = 0;  ///< good polls that were decided on
  std::optional<request> in_flight;
  steady_time last_answer{};  ///< of a scale request
  actuator_actor actuator;    ///< who hears of the answer
  poller_actor poller;        ///< who hears that a report may be taken

  // -- reports ------------------------------------------------------------
  std::list<status_report> reports;  ///< not yet read, first come first
  report_handlers reporters;         ///< who hear of the decision on the awaited poll
  /// Of a target that reports: its last good report, or when it began to be one that
  /// does.
  std::optional<steady_time> silent_since;
  std::optional<steady_time> silence_told;  ///< the last failure of this silence

  /// All that waits has its answer.
  void turn_away(report_end why) {
    for (const auto& r : std::exchange(reports, {}))
      if (r.done) r.done({why});
  }

  // -- the order of the fold ----------------------------------------------
  // A record is folded in its order: a poll, its decision, then what happened after the
  // poll. So what comes between a poll and its decision waits until that is made.

  /// The poll is about to be decided on. If another one still waits, its decider has
  /// died and nobody will decide on it.
  void await(event_ptr poll, report_handlers who = {}) {
    if (awaited) {
      recall(*awaited);
      decided();
    }
    awaited = std::move(poll);
    reporters = std::move(who);
    if (awaited) policy::follow_clock(history, awaited->stepped);
  }
  /// The awaited poll and its decision are in the history.
  void decided() {
    awaited.reset();
    for (const auto& e : std::exchange(waiting, {})) recall(*e);
  }
  void fold(event_ptr e) {
    if (awaited)
      waiting.push_back(std::move(e));
    else
      recall(*e);
  }

  /// The scale request that was sent and whose end is not known; null if there is none.
  /// If none is in flight, it was sent by an actuator or a daemon that ended before the
  /// answer came.
  std::optional<policy::sent_request> unended() const {
    auto sent = history.live.requested;
    for (const auto& e : waiting)
      if (const auto* r = e->as<scale_requested>())
        sent = policy::sent_request{r->from, r->to, e->time, r->cause};
      else if (policy::news_of(*e))
        sent.reset();
    return sent;
  }

  event_ptr awaited;
  std::vector<event_ptr> waiting;

 private:
  void recall(const event& e) {
    policy::follow_clock(history, e.stepped);
    policy::recall(*spec, history, e);
  }
};

using target_state_ptr = std::shared_ptr<target_state>;

}  // namespace scaleit::actors
