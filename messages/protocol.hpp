// Who says what to whom: every actor's interface, one comment per message.
//
// Read as a list of conversations:
//
//   supervisor -> poller      keep time; poll now
//   control loop -> poller    reports are waiting
//   poller     -> decider     a poll is over
//   decider    -> actuator    set this many replicas
//   publisher  -> telemetry, logger, ...   events are waiting in your queue
//   anyone     -> supervisor  there are orders (actors/orders.hpp)
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

// -- poller ---------------------------------------------------------------
/// The interval has changed: tick at the target's place in the new one, as from the start
/// at that in the old one.
struct keep_time {};
/// A poll is due, or, of a target that reports, a failure if it is still silent; sent by
/// the poller to itself.
struct poll_tick {
  steady_time due{};
};
/// Poll out of turn, now, or look at once whether one who reports is silent; the ticks go
/// on as before, but for one that is due within half an interval. Nothing if a poll is in
/// flight.
struct poll_now {};
/// Statuses were reported, and wait in the target's state: take the first of them for a
/// poll, out of turn. One message, for one report, is on its way while any waits.
struct reports_waiting {};
/// One of the poll's requests was answered (or was not). The pointer is never null; the
/// receiver may consume the body.
struct poll_answer {
  std::size_t part = 0;  ///< 0: the status; from 1 on: metrics from elsewhere
  std::shared_ptr<http_response> response;
};

// -- decider --------------------------------------------------------------
/// A poll is over: a `scaleit.status.observed` or `.failed` of this target.
struct polled {
  event_ptr outcome;
  steady_time poll_began{};
};

// -- actuator -------------------------------------------------------------
/// The application is to have `to` replicas. Dropped when a request is in flight, or
/// when the status it was decided on was read before the last request ended: the next
/// poll tells what is true.
struct set_replicas {
  int from = 0;
  int to = 0;
  event_ptr poll;
  steady_time poll_began{};
};
/// The application answered the scale request; the answer is in the target's state.
struct scale_answered {};

// -- subscribers: telemetry, logger, ... ----------------------------------
/// Events are waiting in the subscription's queue.
struct events_ready {};

// -- supervisor -----------------------------------------------------------
/// Watch everyone who works, start who does not: the first message of every supervisor.
struct take_over {};
/// Go on with that.
struct take_over_more {};
/// Orders are waiting in the queue: a message that is lost loses none of them.
struct orders_waiting {};
/// The back-off of a target is over.
struct target_restart_due {
  std::string target;
  std::uint64_t attempt = 0;
};
/// The back-off of a subscriber is over.
struct subscriber_restart_due {
  std::string subscriber;
  std::uint64_t attempt = 0;
};
/// Look whether the scale requests have ended for which a removal or the stop waits.
struct requests_check {};

using poller_actor =
    caf::typed_actor<caf::reacts_to<keep_time>, caf::reacts_to<poll_tick>,
                     caf::reacts_to<poll_now>, caf::reacts_to<reports_waiting>,
                     caf::reacts_to<poll_answer>>;
using decider_actor = caf::typed_actor<caf::reacts_to<polled>>;
using actuator_actor =
    caf::typed_actor<caf::reacts_to<set_replicas>, caf::reacts_to<scale_answered>>;
using subscriber_actor = caf::typed_actor<caf::reacts_to<events_ready>>;
using supervisor_actor =
    caf::typed_actor<caf::reacts_to<take_over>, caf::reacts_to<take_over_more>,
                     caf::reacts_to<orders_waiting>, caf::reacts_to<target_restart_due>,
                     caf::reacts_to<subscriber_restart_due>,
                     caf::reacts_to<requests_check>>;

}  // namespace scaleit

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::keep_time)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::poll_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::poll_now)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::reports_waiting)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::poll_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::polled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::set_replicas)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::scale_answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::events_ready)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::take_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::take_over_more)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::orders_waiting)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::target_restart_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::subscriber_restart_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(scaleit::requests_check)
