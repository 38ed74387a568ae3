// What is accepted for each kind of value: the sentence for people and the pattern for
// the schema, side by side so that they agree.
#pragma once

#include "spec/spec_visitor.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace scaleit::spec {

struct form_rules {
  std::string_view accepted;
  std::string_view pattern;  ///< ECMA 262, anchored; empty: any
  std::size_t bytes_max;
};
const form_rules& rules_of(text_form f);

/// The pattern's meaning, in code.
bool is_valid(text_form f, std::string_view text);

std::string accepted(whole_range r);
std::string accepted(const number_range& r);
std::string accepted(duration_range r);
std::string accepted(names all);
inline constexpr std::string_view accepted_size =
    "a number of bytes above 0, such as 67108864, 64MiB or 1GiB";

bool is_in(double d, const number_range& r);

/// Kubernetes' decimal form: `0.05`, `50m`, `5e-2`.
std::optional<double> parse_quantity(std::string_view s);
/// Bytes, or KiB, MiB, GiB, TiB.
std::optional<std::uint64_t> parse_size(std::string_view s);
std::string size_text(std::uint64_t bytes);

inline constexpr std::string_view duration_pattern =
    "^([0-9]+\\.?[0-9]*|\\.[0-9]+|(([0-9]+\\.?[0-9]*|\\.[0-9]+)"
    "(ns|us|\u00b5s|\u03bcs|ms|s|m|h))+)$";
inline constexpr std::string_view quantity_pattern =
    "^([0-9]+\\.?[0-9]*|\\.[0-9]+)(n|u|m|k|M|G|[eE][-+]?[0-9]+)?$";
inline constexpr std::string_view size_pattern = "^0*[1-9][0-9]*([KMGT]iB)?$";
inline constexpr std::string_view header_pattern = "^[-!#$%&'*+.^_`|~0-9A-Za-z]+$";

}  // namespace scaleit::spec
