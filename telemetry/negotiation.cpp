// Which of the two formats of metrics a client prefers (RFC 9110, section 12.5.1).
#include "messages/text.hpp"
#include "net/headers.hpp"
#include "telemetry/exposition.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace scaleit::telemetry {

namespace {

/// Cuts off and returns what stands before the first `separator`.
std::string_view cut(std::string_view& s, char separator) {
  const auto mark = std::min(s.find(separator), s.size());
  const auto first = trimmed(s.substr(0, mark));
  s.remove_prefix(std::min(mark + 1, s.size()));
  return first;
}

struct media_range {
  std::string_view type;
  std::string_view version;
  double quality = 1;
};

media_range parse_range(std::string_view item) {
  media_range r;
  r.type = cut(item, ';');
  while (!item.empty()) {
    auto value = cut(item, ';');
    const auto name = cut(value, '=');
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    if (net::same_header(name, "version")) r.version = value;
    if (!net::same_header(name, "q")) continue;
    double q = 0;
    const auto [rest, ec] = std::from_chars(value.data(), value.data() + value.size(), q);
    const bool valid = ec == std::errc() && rest == value.data() + value.size();
    r.quality = valid && q >= 0 && q <= 1 ? q : 0;
  }
  return r;
}

/// The quality of one of our formats: that of the most specific range it matches.
struct quality {
  std::string_view type;
  std::string_view wildcard;
  std::string_view version;
  int specificity = 0;
  double value = 0;

  void match(const media_range& r) {
    int s = 0;
    if (net::same_header(r.type, type) && (r.version.empty() || r.version == version))
      s = r.version.empty() ? 3 : 4;
    else if (net::same_header(r.type, wildcard))
      s = 2;
    else if (r.type == "*/*")
      s = 1;
    if (s == 0 || s < specificity) return;
    value = s == specificity ? std::max(value, r.quality) : r.quality;
    specificity = s;
  }
};

}  // namespace

exposition_format negotiate_exposition(std::string_view accept) {
  quality text{.type = "text/plain", .wildcard = "text/*", .version = "0.0.4"};
  quality openmetrics{.type = "application/openmetrics-text",
                      .wildcard = "application/*",
                      .version = "1.0.0"};
  while (!accept.empty()) {
    const auto range = parse_range(cut(accept, ','));
    text.match(range);
    openmetrics.match(range);
  }
  return openmetrics.value > text.value ? exposition_format::openmetrics
                                        : exposition_format::text;
}

std::string_view content_type(exposition_format f) {
  return f == exposition_format::openmetrics
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}

}  // namespace scaleit::telemetry
