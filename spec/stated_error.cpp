#include "spec/stated_error.hpp"

#include "messages/text.hpp"
#include "spec/refusal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace scaleit::spec {

namespace {

using kind = json_value::kind;

/// The first that holds a text counts. RFC 9457 has `detail`; the last is all of a body
/// that is nothing but a text.
constexpr std::array<std::string_view, 8> pointers{
    "/error",           "/error/message", "/errors/0", "/errors/0/message",
    "/errors/0/detail", "/message",       "/detail",   ""};

constexpr std::size_t shown_bytes_max = 120;

bool is_text(const json_value& v) {
  return v.what == kind::string && !trimmed(v.text).empty();
}

}  // namespace

void stated_error::add_to(json_slots& slots) {
  first_ = slots.size();
  for (const auto pointer : pointers) slots.add(std::string{pointer});
}

std::optional<std::string> stated_error::in_place_of(const json_value& value,
                                                     const std::string& pointer,
                                                     std::span<const json_value> slots,
                                                     std::span<const header> sent) const {
  if (value.what != kind::absent && value.what != kind::null) return {};
  const auto mine = slots.subspan(first_, pointers.size());
  const auto said = std::ranges::find_if(mine, is_text);
  if (said == mine.end()) return {};
  return fmt::format("{}; it says: {}", described(pointer, value),
                     printable(without_sent(said->text, sent), shown_bytes_max));
}

}  // namespace scaleit::spec
