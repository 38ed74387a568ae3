// Who says what to whom: every actor's interface, one comment per message.
//
// Read as a list of conversations:
//
//   supervisor -> poller      begin
//   poller     -> decider     a poll is over
//   decider    -> actuator    set this many replicas
//   publisher  -> telemetry, logger, ...   events are waiting in your queue
//   anyone     -> supervisor  add or remove a target; stop
//
// All messages are asynchronous and one-way, sent without a sender: in CAF an
// error that bounces would kill whoever sent the message (docs/internals/caf.md).
// All actors of a target share one loop, so messages carry pointers to immutable
// values and copy nothing.
#pragma once

#include "messages/event.hpp"
#include "messages/http_response.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/typed_actor.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace scaleit {

// -- poller -----------------------------------------------------------------------
/// A poll is due. The spawner sends the first; the poller sends itself the rest.
struct poll_tick {
  steady_time due{};
};
/// Poll out of turn, now; the ticks go on as before. Nothing if a poll is in flight.
struct poll_now {};
/// One of the poll's requests was answered (or was not). The pointer is never null; the
/// receiver may consume the body.
struct poll_answer {
  std::size_t part = 0;  ///< 0: the status; from 1 on: metrics from elsewhere
  std::shared_ptr<http_response> response;
};

// -- decider ----------------------------------------------------------------------
/// A poll is over: a `scaleit.status.observed` or `.failed` of this target.
struct polled {
  event_ptr outcome;
  steady_time poll_began{};
};

// -- actuator ---------------------------------------------------------------------
/// The application is to have `to` replicas. Dropped when a request is in flight, or
/// when the status it was decided on was read before the last request ended: the next
/// poll tells what is true.
struct set_replicas {
  int from = 0;
  int to = 0;
  event_ptr cause;
  steady_time poll_began{};
};
/// The application answered the scale request; the answer is in the target's ledger.
struct scale_answered {};

// -- subscribers: telemetry, logger, ... --------------------------------------------
/// Events are waiting in the subscription's queue.
struct events_ready {};

// -- supervisor -------------------------------------------------------------------
/// Start everyone on the roster: the first message of every supervisor.
struct take_over {};
/// Start a target. A target of that name is replaced (its memory is kept).
struct add_target {
  target_ptr spec;
};
/// Stop a target and forget it. Unknown names are ignored.
struct remove_target {
  std::string name;
};
/// The back-off of a target (or, with an empty name, of a subscriber) is over.
struct restart_due {
  std::string name;
  std::string actor;
  std::uint64_t attempt = 0;
};
/// Stop polling, let scale requests in flight finish, stop all actors, then quit.
struct stop_all {
  std::string reason;
};
/// Look again whether the stop is complete.
struct stop_check {};

using poller_actor = caf::typed_actor<caf::reacts_to<poll_tick>, caf::reacts_to<poll_now>,
                                      caf::reacts_to<poll_answer>>;
using decider_actor = caf::typed_actor<caf::reacts_to<polled>>;
using actuator_actor =
    caf::typed_actor<caf::reacts_to<set_replicas>, caf::reacts_to<scale_answered>>;
using subscriber_actor = caf::typed_actor<caf::reacts_to<events_ready>>;
using supervisor_actor =
    caf::typed_actor<caf::reacts_to<take_over>, caf::reacts_to<add_target>,
                     caf::reacts_to<remove_target>, caf::reacts_to<restart_due>,
                     caf::reacts_to<stop_all>, caf::reacts_to<stop_check>>;

}  // namespace scaleit

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::poll_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::poll_now)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::poll_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::polled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::set_replicas)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::scale_answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::events_ready)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::take_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::add_target)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::remove_target)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::restart_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::stop_all)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::stop_check)
