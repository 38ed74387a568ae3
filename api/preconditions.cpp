#include "api/preconditions.hpp"

#include <string_view>

namespace scaleit::api {

namespace {

std::string_view trimmed(std::string_view s) {
  const auto first = s.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return s.substr(first, s.find_last_not_of(" \t") - first + 1);
}

/// Whether a list of tags, or `*`, has this one. A weak one is as good only for readers.
bool lists(std::string_view tags, const std::string& etag, bool weak) {
  if (trimmed(tags) == "*") return true;
  while (!tags.empty()) {
    const auto comma = tags.find(',');  // our tags hold none
    auto one = trimmed(tags.substr(0, comma));
    if (weak && one.starts_with("W/")) one.remove_prefix(2);
    if (one == etag) return true;
    if (comma == std::string_view::npos) break;
    tags.remove_prefix(comma + 1);
  }
  return false;
}

}  // namespace

preconditions preconditions::of(const net::server_request& r) {
  preconditions p;
  if (const auto m = r.header("If-Match")) p.match = *m;
  if (const auto m = r.header("If-None-Match")) p.none_match = *m;
  return p;
}

bool preconditions::allow(const std::string* etag) const {
  if (match && !(etag && lists(*match, *etag, false))) return false;
  return !(none_match && etag && lists(*none_match, *etag, true));
}

bool preconditions::known(const std::string& etag) const {
  return none_match && lists(*none_match, etag, true);
}

}  // namespace scaleit::api
