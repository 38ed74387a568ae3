#include "net/percent.hpp"

#include "messages/text.hpp"

#include <algorithm>
#include <charconv>

namespace scaleit::net {

std::optional<std::string> percent_decode(std::string_view s) {
  std::string out;
  out.reserve(s.size());
  for (; !s.empty(); s.remove_prefix(1)) {
    if (s.front() != '%') {
      out += s.front();
      continue;
    }
    if (s.size() < 3) return std::nullopt;
    unsigned char byte = 0;
    const auto* digits = s.data() + 1;
    const auto [end, error] = std::from_chars(digits, digits + 2, byte, 16);
    if (error != std::errc{} || end != digits + 2) return std::nullopt;
    out += static_cast<char>(byte);
    s.remove_prefix(2);
  }
  if (!is_text(out)) return std::nullopt;
  return out;
}

std::optional<std::vector<parameter>> parse_query(std::string_view query) {
  std::vector<parameter> all;
  const auto decode = [](std::string_view part) {
    std::string spaced(part);
    std::ranges::replace(spaced, '+', ' ');
    return percent_decode(spaced);
  };
  while (!query.empty()) {
    const auto part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
    if (part.empty()) continue;
    const auto mark = std::min(part.find('='), part.size());
    auto name = decode(part.substr(0, mark));
    auto value = decode(part.substr(std::min(mark + 1, part.size())));
    if (!name || !value) return std::nullopt;
    all.push_back({std::move(*name), std::move(*value)});
  }
  return all;
}

}  // namespace scaleit::net
