// The public names of the enumerations, each table beside its static_assert.
#include "messages/decision.hpp"
#include "messages/event.hpp"
#include "messages/observation.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <string_view>
#include <variant>

namespace scaleit {

namespace {

using std::string_view;

constexpr std::array<string_view, failure_kinds> failure_names{
    "connect", "timeout", "tls", "http", "body", "json", "schema", "stale"};
static_assert(static_cast<std::size_t>(failure_kind::stale) + 1 == failure_names.size());

template <class T>
constexpr bool of_target = requires {
  requires T::of_target;
};

template <class... T>
constexpr auto types_of(const std::variant<T...>*) {
  return std::array{T::type...};
}
template <class... T>
constexpr auto targets_of(const std::variant<T...>*) {
  return std::array{of_target<T>...};
}
constexpr const event::payload* payloads = nullptr;
constexpr auto type_names = types_of(payloads);
constexpr auto with_target = targets_of(payloads);

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

std::size_t kind_named(string_view type) {
  return static_cast<std::size_t>(
      std::distance(type_names.begin(), std::ranges::find(type_names, type)));
}

bool needs_target(std::size_t kind) { return kind < event_kinds && with_target[kind]; }

std::string source(const event& e) {
  return e.target ? "/targets/" + e.target->name : std::string{"/daemon"};
}

}  // namespace scaleit
