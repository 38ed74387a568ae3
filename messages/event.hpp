// Everything observable is an event: the past tense of the program.
//
// One type for all of them, so that there is one way to publish and a new
// consumer touches no producer. On disk, on the API and in webhooks an event
// is a CloudEvents 1.0 object (see event_json.hpp); the type names are public.
#pragma once

#include "messages/decision.hpp"
#include "messages/observation.hpp"
#include "messages/target_spec.hpp"
#include "messages/time.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace scaleit {

struct event;

struct daemon_started {
  std::string version;
  int format = 1;
};
struct daemon_stopped {
  std::string reason;
};
struct target_added {};    ///< the spec is the event's own `target`
struct target_changed {};  ///< likewise
struct target_removed {};
struct status_observed {
  observation seen{};
  microseconds late_by{0};          ///< the poll began this long after it was due
  std::uint32_t ticks_skipped = 0;  ///< ticks that found the previous poll still running
};
struct status_failed {
  failure what{};
  microseconds late_by{0};
  std::uint32_t ticks_skipped = 0;
};
struct decision_made {
  decision made{};
  microseconds took{0};     ///< since the poll began
  bool shadow = false;      ///< of the second policy, not acted on
  bool on_failure = false;  ///< the poll failed; this is the fallback
};
struct scale_requested {
  int from = 0;
  int to = 0;
};
struct scale_applied {
  int from = 0;
  int to = 0;
  microseconds took{0};                  ///< the request alone
  microseconds loop_took{0};             ///< since the poll that led to it began
  std::shared_ptr<const event> cause{};  ///< the observation that led to it
};
struct scale_failed {
  int from = 0;
  int to = 0;
  failure what{};
  microseconds loop_took{0};  ///< since the poll that led to it began
};
struct actor_crashed {
  std::string actor;
  std::string reason;
};
struct actor_restarted {
  std::string actor;
  std::uint64_t restarts = 0;
  microseconds after{0};
};

struct event {
  /// In the order of the table of types in docs/reference/events.md.
  using payload =
      std::variant<daemon_started, daemon_stopped, target_added, target_changed,
                   target_removed, status_observed, status_failed, decision_made,
                   scale_requested, scale_applied, scale_failed, actor_crashed,
                   actor_restarted>;

  std::uint64_t sequence = 0;  ///< grows by one per event, across restarts with a record
  time_point time{};
  steady_time at{};
  target_ptr target;  ///< null for what concerns no target
  payload data;

  template <class T>
  const T* as() const {
    return std::get_if<T>(&data);
  }
};

using event_ptr = std::shared_ptr<const event>;

/// What happened, in the order of `event::payload`.
enum class event_kind : std::uint8_t {
  daemon_started,
  daemon_stopped,
  target_added,
  target_changed,
  target_removed,
  status_observed,
  status_failed,
  decision_made,
  scale_requested,
  scale_applied,
  scale_failed,
  actor_crashed,
  actor_restarted,
  unknown,  ///< a type or a source of a newer version: to be ignored
};
inline constexpr std::size_t event_kinds = std::variant_size_v<event::payload>;
/// `scaleit.status.observed` and so on; anything else is unknown.
event_kind kind_of(std::string_view type);

/// `scaleit.status.observed` and so on.
std::string_view type_name(const event& e);

/// `/targets/<name>`, or `/daemon`.
std::string source(const event& e);

}  // namespace scaleit
