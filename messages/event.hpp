// The room `messages`: the values that the rooms hand to each other, and nothing that
// acts on them. Specs, observations, decisions and events, times and durations, every
// bound (bounds.hpp), and the actors' interfaces (protocol.hpp).
//
// It includes none of the other rooms, so all of them may include it. Begin with
// target_spec.hpp (what is asked for), observation.hpp (what is seen) and decision.hpp
// (what is made of both); this header has what is told of all that, and is the way in for
// whoever consumes events.
//
// Everything observable is an event: the past tense of the program.
//
// One type for all of them, so that there is one way to publish and a new
// consumer touches no producer. On disk and in a JSON log an event is a CloudEvents 1.0
// object (record/event_json.hpp); the type names are public.
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
#include <type_traits>
#include <variant>

namespace scaleit {

struct event;

// What happened: `type` is the public name. `of_target`: never of the daemon alone.

struct daemon_started {
  static constexpr std::string_view type = "scaleit.daemon.started";
  std::string version;
  int format = 1;
};
struct daemon_stopped {
  static constexpr std::string_view type = "scaleit.daemon.stopped";
  std::string reason;
};
/// The system's clock was set, or the machine slept: times of the record before it are
/// that much behind those after it (ahead, if negative).
struct clock_stepped {
  static constexpr std::string_view type = "scaleit.clock.stepped";
  microseconds by{0};
};
/// The spec is the event's own `target`. `restated`: a record repeats it, nothing
/// happened. `by`: who asked for it, through the API; empty: nobody did.
struct target_added {
  static constexpr std::string_view type = "scaleit.target.added";
  static constexpr bool of_target = true;
  bool restated = false;
  std::string by{};
};
/// Likewise.
struct target_changed {
  static constexpr std::string_view type = "scaleit.target.changed";
  static constexpr bool of_target = true;
  bool restated = false;
  std::string by{};
};
struct target_removed {
  static constexpr std::string_view type = "scaleit.target.removed";
  static constexpr bool of_target = true;
  std::string by{};
};
struct status_observed {
  static constexpr std::string_view type = "scaleit.status.observed";
  static constexpr bool of_target = true;
  observation seen{};
  microseconds late_by{0};          ///< the poll began this long after it was due
  std::uint32_t ticks_skipped = 0;  ///< ticks that found the previous poll still running
};
struct status_failed {
  static constexpr std::string_view type = "scaleit.status.failed";
  static constexpr bool of_target = true;
  failure what{};
  microseconds late_by{0};
  std::uint32_t ticks_skipped = 0;
};
struct decision_made {
  static constexpr std::string_view type = "scaleit.decision.made";
  static constexpr bool of_target = true;
  decision made{};
  microseconds took{0};     ///< since the poll began
  bool shadow = false;      ///< of the second policy, not acted on
  bool on_failure = false;  ///< the poll failed; this is the fallback
  std::uint64_t cause = 0;  ///< the sequence number of the poll it answers; 0: unknown
};
struct scale_requested {
  static constexpr std::string_view type = "scaleit.scale.requested";
  static constexpr bool of_target = true;
  int from = 0;
  int to = 0;
  std::uint64_t cause = 0;  ///< of the poll that led to it; 0: unknown
};
struct scale_applied {
  static constexpr std::string_view type = "scaleit.scale.applied";
  static constexpr bool of_target = true;
  int from = 0;
  int to = 0;
  microseconds took{0};                 ///< the request alone
  microseconds loop_took{0};            ///< since the poll that led to it began
  std::shared_ptr<const event> poll{};  ///< that poll; null in what a record tells
  /// A status shows it, after the request had failed: nobody answered, yet it happened.
  bool seen = false;
  std::uint64_t cause = 0;  ///< of the poll that led to it, or that shows it; 0: unknown
};
struct scale_failed {
  static constexpr std::string_view type = "scaleit.scale.failed";
  static constexpr bool of_target = true;
  int from = 0;
  int to = 0;
  failure what{};
  microseconds loop_took{0};  ///< since the poll that led to it began
  bool uncertain = false;     ///< it was sent, so it may have been carried out
  std::uint64_t cause = 0;    ///< of the poll that led to it; 0: unknown
};
struct actor_crashed {
  static constexpr std::string_view type = "scaleit.actor.crashed";
  std::string actor;
  std::string reason;
};
struct actor_restarted {
  static constexpr std::string_view type = "scaleit.actor.restarted";
  std::string actor;
  std::uint64_t restarts = 0;
  microseconds after{0};
};

struct event {
  /// In the order of the table of types in docs/reference/events.md.
  using payload =
      std::variant<daemon_started, daemon_stopped, clock_stepped, target_added,
                   target_changed, target_removed, status_observed, status_failed,
                   decision_made, scale_requested, scale_applied, scale_failed,
                   actor_crashed, actor_restarted>;

  std::uint64_t sequence = 0;  ///< grows by one per event, across restarts with a record
  time_point time{};
  microseconds stepped{0};  ///< all steps of the clock since the start, before it
  target_ptr target;        ///< null for what concerns no target
  payload data;

  template <class T>
  const T* as() const {
    return std::get_if<T>(&data);
  }
  /// What happened: the payload's index.
  std::size_t kind() const { return data.index(); }
};

using event_ptr = std::shared_ptr<const event>;

inline constexpr std::size_t event_kinds = std::variant_size_v<event::payload>;
/// Of a type or a source of a newer version: to be ignored.
inline constexpr std::size_t unknown_kind = event_kinds;

/// The kind of a payload.
template <class T>
inline constexpr std::size_t kind_of = [] {
  return []<class... All>(const std::variant<All...>*) {
    std::size_t kind = 0;
    (void)((std::is_same_v<T, All> || (++kind, false)) || ...);
    return kind;
  }(static_cast<const event::payload*>(nullptr));
}();
/// By its type's name; unknown_kind if it is none of ours.
std::size_t kind_named(std::string_view type);
/// Whether its source must be a target.
bool needs_target(std::size_t kind);

/// `scaleit.status.observed` and so on.
std::string_view type_name(const event& e);

/// `/targets/<name>`, or `/daemon`.
std::string source(const event& e);

}  // namespace scaleit
