#include "spec/spec_forms.hpp"

#include "messages/text.hpp"
#include "policy/cron.hpp"
#include "spec/json_pointer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace scaleit::spec {

using std::string_view;

namespace {

constexpr std::array<form_rules, 11> forms{{
    {"a text, not empty", "^[^\\x00-\\x1f\\x7f]+$", 4096},
    {"a DNS-1123 subdomain: lower-case letters, digits, '-' and '.', at most 253, that "
     "begins and ends with a letter or digit, as does each part",
     "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", 253},
    {"a letter or '_', then letters, digits, '_', '-' and '.', at most 63",
     "^[A-Za-z_][-A-Za-z0-9_.]*$", 63},
    {"a JSON Pointer, such as /cpu/highPriority", "^(/([^~]|~[01])*)?$", 1024},
    {"http:// or https://, a host and a path",
     "^[hH][tT][tT][pP][sS]?://[^/?#@\\s]+([/?][^#\\s]*)?$", bounds::url_bytes_max},
    {"http:// or https://, a host and maybe a path",
     "^[hH][tT][tT][pP][sS]?://[^/?#@\\s]+(/[^?#\\s]*)?$", bounds::url_bytes_max},
    {"a text that holds ${replicas}", "\\$\\{replicas\\}", 65536},
    {"five fields: minute hour day-of-month month day-of-week", policy::cron_pattern,
     256},
    {"an IANA time zone, such as Europe/Berlin", "^[A-Za-z0-9_+/-]+$", 64},
    {"max, min, average or an expression, at most 1024 bytes", "^[^\\x00]+$",
     bounds::expression_bytes_max},
    {"ADDR:PORT or unix:/path, such as 127.0.0.1:8001",
     "^(\\S*:[0-9]+|unix:/[^\\x00-\\x1f\\x7f]+)$", 128},
}};
static_assert(static_cast<std::size_t>(text_form::listener) + 1 == forms.size());

bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_subdomain(string_view s) {
  for (bool more = true; more;) {
    const auto dot = s.find('.');
    const auto label = s.substr(0, dot);
    if (label.empty() || !is_lower_or_digit(label.front()) ||
        !is_lower_or_digit(label.back()) || !std::ranges::all_of(label, [](char c) {
          return is_lower_or_digit(c) || c == '-';
        }))
      return false;
    more = dot != string_view::npos;
    if (more) s.remove_prefix(dot + 1);
  }
  return true;
}

bool is_metric_name(string_view s) {
  return !s.empty() && (is_letter(s.front()) || s.front() == '_') &&
         std::ranges::all_of(s, [](char c) {
           return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
                  c == '.';
         });
}

bool is_printable(string_view s) {
  return !s.empty() && std::ranges::none_of(s, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

constexpr std::array<std::pair<string_view, std::uint64_t>, 4> size_units{
    {{"TiB", 1ULL << 40}, {"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}, {"KiB", 1ULL << 10}}};

}  // namespace

const form_rules& rules_of(text_form f) { return forms[static_cast<std::size_t>(f)]; }

bool is_valid(text_form f, string_view s) {
  if (s.size() > rules_of(f).bytes_max) return false;
  switch (f) {
    case text_form::target_name:
      return is_subdomain(s);
    case text_form::metric_name:
      return is_metric_name(s);
    case text_form::pointer:
      return parse_json_pointer(s).has_value();
    case text_form::body:
      return s.find("${replicas}") != string_view::npos;
    case text_form::combination:
    case text_form::cron:
      return !s.empty();  // all else is said by who reads it
    default:
      return is_printable(s);
  }
}

std::string accepted(whole_range r) {
  return fmt::format("a whole number from {} to {}", r.min, r.max);
}

std::string accepted(const number_range& r) {
  auto out = fmt::format("a number {} {}", r.above_min ? "above" : "of at least", r.min);
  if (std::isfinite(r.max))
    out += fmt::format(" and {} {}", r.below_max ? "below" : "at most", r.max);
  if (r.quantity) out += ", such as 0.05 or \"50m\"";
  return out;
}

std::string accepted(duration_range r) {
  return fmt::format("a duration such as 1m30s, or seconds, from {} to {}",
                     scaleit::to_string(r.min), scaleit::to_string(r.max));
}

std::string accepted(names all) { return fmt::format("{}", fmt::join(all, ", ")); }

bool is_in(double d, const number_range& r) {
  return std::isfinite(d) && (r.above_min ? d > r.min : d >= r.min) &&
         (r.below_max ? d < r.max : d <= r.max);
}

std::optional<double> parse_quantity(string_view s) {
  constexpr std::array<std::pair<char, double>, 6> suffixes{
      {{'n', 1e-9}, {'u', 1e-6}, {'m', 1e-3}, {'k', 1e3}, {'M', 1e6}, {'G', 1e9}}};
  double factor = 1;
  for (const auto& [suffix, size] : suffixes)
    if (!s.empty() && s.back() == suffix) factor = size;
  if (factor != 1) s.remove_suffix(1);
  if (s.empty() || (s.front() != '.' && (s.front() < '0' || s.front() > '9'))) return {};
  double d = 0;
  const auto end = s.data() + s.size();
  const auto [p, error] = std::from_chars(
      s.data(), end, d,
      factor == 1 ? std::chars_format::general : std::chars_format::fixed);
  if (p != end || error != std::errc{}) return {};
  // Divided where that is exact: 50m is 0.05, and 50 x 0.001 is not.
  return factor < 1 ? d / std::round(1 / factor) : d * factor;
}

std::optional<std::uint64_t> parse_size(string_view s) {
  std::uint64_t factor = 1;
  for (const auto& [unit, size] : size_units)
    if (s.ends_with(unit)) {
      factor = size;
      s.remove_suffix(unit.size());
      break;
    }
  std::uint64_t n = 0;
  const auto end = s.data() + s.size();
  const auto [p, error] = std::from_chars(s.data(), end, n);
  constexpr std::uint64_t most = 1ULL << 60;
  if (s.empty() || p != end || error != std::errc{} || n == 0 || n > most / factor)
    return {};
  return n * factor;
}

std::string size_text(std::uint64_t bytes) {
  for (const auto& [unit, size] : size_units)
    if (bytes % size == 0) return fmt::format("{}{}", bytes / size, unit);
  return std::to_string(bytes);
}

}  // namespace scaleit::spec
