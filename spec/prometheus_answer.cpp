#include "spec/prometheus_answer.hpp"

#include "messages/text.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace scaleit::spec {

namespace {

using value_kind = json_value::kind;

enum : std::size_t {
  status,
  error_type,
  error_text,
  type,
  result,
  scalar_value,
  warnings,
  is_partial,
  count
};
constexpr std::array<std::string_view, count> pointers{
    "/status",      "/errorType",     "/error",    "/data/resultType",
    "/data/result", "/data/result/1", "/warnings", "/isPartial"};

bool is(const json_value& v, std::string_view text) {
  return v.what == value_kind::string && v.text == text;
}

}  // namespace

void prometheus_answer::add_to(json_slots& slots) {
  first_ = slots.size();
  for (const auto pointer : pointers) slots.add(std::string{pointer});
}

prometheus_answer::reading prometheus_answer::of(
    std::span<const json_value> slots) const {
  return reading{slots.subspan(first_, count)};
}

std::optional<std::string> prometheus_answer::reading::error() const {
  if (!is(found_[status], "error") || found_[error_text].what != value_kind::string)
    return {};
  const auto& kind_of_error = found_[error_type];
  return fmt::format("{}{}{}",
                     kind_of_error.what == value_kind::string
                         ? printable(kind_of_error.text, 40)
                         : std::string{"error"},
                     ": ", printable(found_[error_text].text, 120));
}

std::optional<std::string> prometheus_answer::reading::complaint() const {
  if (auto e = error()) return e;
  const auto& r = found_[result];
  if (scalar() != nullptr) return {};
  if (is(found_[type], "matrix"))
    return "/data/result is a range of values (matrix); ask /api/v1/query for one";
  if (is(found_[type], "string"))
    return "/data/result is a text (string); accepted: one series, or a scalar";
  if (r.what == value_kind::array && r.elements == 0)
    return "/data/result is empty: the query finds no series";
  if (r.what == value_kind::array && r.elements > 1)
    return fmt::format(
        "/data/result holds {} series; use sum() or the like to make it one", r.elements);
  return {};
}

bool prometheus_answer::reading::partial() const {
  const auto& w = found_[warnings];
  const auto& p = found_[is_partial];
  return (w.what == value_kind::array && w.elements > 0) ||
         (p.what == value_kind::boolean && p.text == "true");
}

const json_value* prometheus_answer::reading::scalar() const {
  return is(found_[type], "scalar") ? &found_[scalar_value] : nullptr;
}

}  // namespace scaleit::spec
