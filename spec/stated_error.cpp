#include "spec/stated_error.hpp"

#include "messages/text.hpp"
#include "spec/refusal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <variant>
#include <vector>

namespace scaleit::spec {

namespace {

using value_kind = json_value::kind;

/// The first that holds a text counts. RFC 9457 has `detail`; the last is all of a body
/// that is nothing but a text.
constexpr std::array<std::string_view, 8> pointers{
    "/error",           "/error/message", "/errors/0", "/errors/0/message",
    "/errors/0/detail", "/message",       "/detail",   ""};

constexpr std::size_t stated_bytes_max = 120;

bool is_text(const json_value& v) {
  return v.what == value_kind::string && !trimmed(v.text).empty();
}

std::string said_in(std::string& body, std::span<const header> sent) {
  json_slots slots;
  for (const auto pointer : pointers) slots.add(std::string{pointer});
  const auto found = slots.read(body);
  const auto* values = std::get_if<std::vector<json_value>>(&found);
  if (values == nullptr) return {};
  const auto said = std::ranges::find_if(*values, is_text);
  if (said == values->end()) return {};
  return printable(without_sent(said->text, sent), stated_bytes_max);
}

}  // namespace

std::optional<std::string> stated_error::in_place_of(const json_value& value,
                                                     const std::string& pointer) {
  if (value.what != value_kind::absent && value.what != value_kind::null) return {};
  if (!said_) said_ = said_in(body_, sent_);
  if (said_->empty()) return {};
  return fmt::format("{}; it says: {}", described(pointer, value), *said_);
}

}  // namespace scaleit::spec
