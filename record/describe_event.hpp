// What the data of each type of event consists of, said once: the writer, the reader and
// the schema are visitors of this.
//
// A visitor has a function for each kind of value; it is shown the key, the member, and
// whether the value may be lacking. Keys are public (docs/reference/events.md): new ones
// may come, none may go.
#pragma once

#include "messages/bounds.hpp"
#include "messages/event.hpp"

#include <concepts>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>

namespace scaleit::record {

/// A key and what it means, for people.
struct event_key {
  std::string_view name;
  std::string_view about;
};

enum class presence : std::uint8_t {
  required,       ///< an event without it is damaged
  usual,          ///< always written; one who reads does without
  unless_default  ///< not written when it says no more than its absence
};

inline constexpr int http_status_max = 999;  ///< three digits (RFC 9110, 15)
inline constexpr double ms_max = 1e12;       ///< of a duration
inline constexpr double step_ms_max = 1e14;  ///< of a clock, that may begin in 1970
inline constexpr std::uint64_t id_max = std::numeric_limits<std::int64_t>::max();

/// `T` to be read, or `const T` to be written.
template <class X, class T>
concept of = std::same_as<std::remove_const_t<X>, T>;

// -- around the data: CloudEvents 1.0 -------------------------------------

namespace envelope {
constexpr event_key version{"specversion", "Of CloudEvents"};
constexpr event_key id{"id", "A whole number, one more with each event of a record"};
constexpr event_key source{"source", "/targets/NAME, or /daemon"};
constexpr event_key type{"type", "What happened"};
constexpr event_key time{"time", "When, by the clock of the record"};
constexpr event_key data{"data", "What belongs to the type"};
}  // namespace envelope

// -- daemon ---------------------------------------------------------------

template <class V>
void describe(V& v, of<daemon_started> auto& x) {
  v.text({"version", "Of ScaleIt"}, x.version);
  v.whole({"format", "Of the events"}, x.format, presence::usual,
          std::numeric_limits<int>::max(), 1);
}

template <class V>
void describe(V& v, of<daemon_stopped> auto& x) {
  v.text({"reason", "The signal's name"}, x.reason);
}

template <class V>
void describe(V& v, of<clock_stepped> auto& x) {
  v.millis({"byMs", "How far the system's clock was set, forwards if positive"}, x.by,
           presence::required, step_ms_max);
}

// -- targets --------------------------------------------------------------

constexpr event_key restated{"restated", "A record repeats it: nothing happened"};
constexpr event_key asked_by{"by", "Who asked for it, through the API"};

template <class V>
void describe(V& v, of<target_added> auto& x) {
  v.spec({"spec", "The TargetSpec, without credentials"});
  v.flag(restated, x.restated);
  v.text(asked_by, x.by, presence::unless_default);
}

template <class V>
void describe(V& v, of<target_changed> auto& x) {
  v.spec({"spec", "The new TargetSpec, without credentials"});
  v.flag(restated, x.restated);
  v.text(asked_by, x.by, presence::unless_default);
}

template <class V>
void describe(V& v, of<target_removed> auto& x) {
  v.text(asked_by, x.by, presence::unless_default);
}

// -- polls ----------------------------------------------------------------

constexpr event_key took{"tookMs", "The request alone"};

template <class V>
void describe(V& v, of<failure> auto& x) {
  v.kind({"error", "What kind of failure"}, x.kind);
  v.text({"detail", "One sentence"}, x.detail);
  v.whole({"httpStatus", "If there was an answer"}, x.http_status,
          presence::unless_default, http_status_max);
  v.millis(took, x.took, presence::usual, ms_max);
}

template <class V>
void describe(V& v, of<status_observed> auto& x) {
  auto& seen = x.seen;
  v.replicas({"replicas", "Replicas there are"}, seen.replicas);
  v.replicas({"ready", "Of those, the ones that serve"}, seen.ready);
  v.metrics({"metrics", "Values by name"}, seen.metrics);
  v.missing({"missing", "Metrics that could not be read"}, seen.missing);
  v.partial({"partial", "Metrics of a part of the data only"}, seen.metrics);
  v.time({"observedAt", "The sample's own time"}, seen.observed_at);
  v.millis(took, seen.took, presence::usual, ms_max);
}

template <class V>
void describe(V& v, of<status_failed> auto& x) {
  describe(v, x.what);
}

// -- decisions and what comes of them -------------------------------------

constexpr event_key cause{"cause", "The id of the poll that it answers"};

/// One of `steps`.
namespace step_keys {
constexpr event_key rule{"rule", "Its public code"};
constexpr event_key from{"from", "Replicas before it"};
constexpr event_key to{"to", "Replicas after it"};
constexpr event_key why{"why", "One sentence"};
}  // namespace step_keys

template <class V>
void describe(V& v, of<decision_made> auto& x) {
  auto& d = x.made;
  v.replicas({"current", "Replicas there are"}, d.current);
  v.replicas_or_as("desired", {"recommended", "Before windows and limits"},
                   d.recommended);
  v.replicas({"desired", "After all rules"}, d.desired);
  v.derived({"direction", "From current to desired"}, d);
  v.steps({"steps", "The rules that had a say, in their order"}, x);
  v.flag({"shadow", "The second policy's, not acted on"}, x.shadow);
  v.id(cause, x.cause);
}

template <class V>
void describe_change(V& v, auto& x) {
  v.replicas({"from", "Replicas before"}, x.from);
  v.replicas({"to", "Replicas asked for"}, x.to);
}

template <class V>
void describe(V& v, of<scale_requested> auto& x) {
  describe_change(v, x);
  v.id(cause, x.cause);
}

template <class V>
void describe(V& v, of<scale_applied> auto& x) {
  describe_change(v, x);
  v.flag({"seen", "A status shows it, after the request had failed"}, x.seen);
  if (!v.leaves_out(x.seen)) v.millis(took, x.took, presence::usual, ms_max);
  v.id(cause, x.cause);
}

template <class V>
void describe(V& v, of<scale_failed> auto& x) {
  describe_change(v, x);
  describe(v, x.what);
  v.flag({"uncertain", "It was sent, so it may have been carried out"}, x.uncertain);
  v.id(cause, x.cause);
}

// -- actors ---------------------------------------------------------------

constexpr event_key actor{"actor", "Its name"};

template <class V>
void describe(V& v, of<actor_crashed> auto& x) {
  v.text(actor, x.actor);
  v.text({"reason", "The exception's text"}, x.reason);
}

template <class V>
void describe(V& v, of<actor_restarted> auto& x) {
  v.text(actor, x.actor);
  v.whole({"restarts", "How often it was"}, x.restarts, presence::required, id_max);
  v.millis({"afterMs", "How long it was down"}, x.after, presence::usual, ms_max);
}

}  // namespace scaleit::record
