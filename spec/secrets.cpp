#include "spec/secrets.hpp"

#include <algorithm>
#include <utility>

namespace scaleit::spec {

namespace {

bool is_variable(std::string_view s) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_';
  };
  return !s.empty() && !(s.front() >= '0' && s.front() <= '9') &&
         std::ranges::all_of(s, plain);
}

}  // namespace

std::variant<std::vector<secret_part>, std::string> parse_secrets(
    std::string_view value) {
  constexpr std::string_view file = "file:";
  std::vector<secret_part> parts;
  while (!value.empty()) {
    const auto begin = value.find("${");
    if (begin != 0) parts.emplace_back(std::string{value.substr(0, begin)});
    if (begin == std::string_view::npos) break;
    const auto end = value.find('}', begin);
    if (end == std::string_view::npos) return "a ${ in the value has no }";
    auto name = value.substr(begin + 2, end - begin - 2);
    secret_reference r;
    r.file = name.starts_with(file);
    if (r.file) name.remove_prefix(file.size());
    if (r.file ? !name.starts_with('/') : !is_variable(name))
      return "a ${...} in the value is not valid; accepted: ${VAR}, of letters, digits "
             "and _, or ${file:/path}";
    r.name = name;
    parts.emplace_back(std::move(r));
    value.remove_prefix(end + 1);
  }
  return parts;
}

std::vector<secret_part> parts_of(std::string_view value) {
  auto parts = parse_secrets(value);
  if (auto* all = std::get_if<std::vector<secret_part>>(&parts)) return std::move(*all);
  return {std::string{value}};
}

}  // namespace scaleit::spec
