// The public names of the enumerations, each table beside its static_assert.
#include "messages/decision.hpp"
#include "messages/event.hpp"
#include "messages/observation.hpp"

#include <array>
#include <string>
#include <string_view>

namespace scaleit {

namespace {

using std::string_view;

constexpr std::array<string_view, failure_kinds> failure_names{
    "connect", "timeout", "tls", "http", "body", "json", "schema"};
static_assert(static_cast<std::size_t>(failure_kind::schema) + 1 == failure_names.size());

constexpr std::array type_names{
    string_view{"scaleit.daemon.started"},  string_view{"scaleit.daemon.stopped"},
    string_view{"scaleit.clock.stepped"},   string_view{"scaleit.target.added"},
    string_view{"scaleit.target.changed"},  string_view{"scaleit.target.removed"},
    string_view{"scaleit.status.observed"}, string_view{"scaleit.status.failed"},
    string_view{"scaleit.decision.made"},   string_view{"scaleit.scale.requested"},
    string_view{"scaleit.scale.applied"},   string_view{"scaleit.scale.failed"},
    string_view{"scaleit.actor.crashed"},   string_view{"scaleit.actor.restarted"}};
static_assert(type_names.size() == std::variant_size_v<event::payload>);
static_assert(type_names.size() == event_kinds);
static_assert(static_cast<std::size_t>(event_kind::unknown) == event_kinds);

}  // namespace

string_view to_string(failure_kind k) {
  return failure_names[static_cast<std::size_t>(k)];
}

string_view to_string(direction d) {
  switch (d) {
    case direction::up:
      return "up";
    case direction::down:
      return "down";
    case direction::none:
      break;
  }
  return "none";
}

string_view type_name(const event& e) { return type_names[e.data.index()]; }

event_kind kind_of(string_view type) {
  std::size_t i = 0;
  while (i < type_names.size() && type_names[i] != type) ++i;
  return static_cast<event_kind>(i);
}

std::string source(const event& e) {
  return e.target ? "/targets/" + e.target->name : std::string{"/daemon"};
}

}  // namespace scaleit
