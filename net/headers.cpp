#include "net/headers.hpp"

#include <algorithm>
#include <array>

namespace scaleit::net {

using std::string_view;

namespace {

constexpr std::array<string_view, 7> framing{
    "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer",
    "upgrade"};

}  // namespace

bool is_header_name(string_view s) {
  return !s.empty() && std::ranges::all_of(s, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           string_view{"!#$%&'*+-.^_`|~"}.find(c) != string_view::npos;
  });
}

bool is_header_value(string_view s) {
  return std::ranges::none_of(s, [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return (u < 0x20 && u != '\t') || u == 0x7f;
  });
}

bool is_framing_header(string_view name) {
  return std::ranges::any_of(framing,
                             [&](string_view own) { return same_header(own, name); });
}

bool same_header(string_view a, string_view b) {
  auto fold = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, [&](char x, char y) { return fold(x) == fold(y); });
}

}  // namespace scaleit::net
