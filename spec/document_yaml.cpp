#include "spec/document_yaml.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <yaml-cpp/emitter.h>
#include <yaml-cpp/emittermanip.h>

namespace scaleit::spec {

using kind = document::kind;

namespace {

constexpr std::string_view digits = "0123456789";

/// Words that are no texts in YAML 1.1 or 1.2, in lower case.
constexpr std::array<std::string_view, 9> reserved{"true", "false", "yes", "no",  "on",
                                                   "off",  "y",     "n",   "null"};

bool is_reserved(std::string_view s) {
  std::string lower{s};
  for (auto& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return std::ranges::find(reserved, lower) != reserved.end();
}

/// Numbers of either version, times and dates: what has nothing but their letters.
bool is_like_a_number(std::string_view s) {
  if (s.find_first_of(digits) == std::string_view::npos) return false;
  return s.find_first_not_of("0123456789_:.,eE+-tTzZ ") == std::string_view::npos ||
         (s.size() > 1 && s[0] == '0' &&
          std::string_view{"xXoObB"}.find(s[1]) != std::string_view::npos);
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Whether it can stand without quotes. Beyond doubt: there are many rules, and a quote
/// costs little.
bool is_plain(std::string_view s) {
  constexpr std::string_view others = "_./-+%=~()*$@ :;,?";
  constexpr std::size_t length_max = 128;  // a key that is longer needs a `?`
  if (s.empty() || s.size() > length_max) return false;
  if (!is_letter(s[0]) && digits.find(s[0]) == std::string_view::npos && s[0] != '/')
    return false;
  if (s.back() == ' ' || s.back() == ':') return false;
  const bool harmless = std::ranges::all_of(s, [&](char c) {
    return is_letter(c) || digits.find(c) != std::string_view::npos ||
           others.find(c) != std::string_view::npos;
  });
  return harmless && s.find(": ") == std::string_view::npos && !is_reserved(s) &&
         !is_like_a_number(s);
}

void write_text(YAML::Emitter& out, const std::string& s) {
  if (!is_plain(s)) out << YAML::DoubleQuoted;
  out << s;
}

void write(YAML::Emitter& out, const document& d) {
  switch (d.is) {
    case kind::null:
      out << YAML::Null;
      break;
    case kind::boolean:
    case kind::number:
      out << d.scalar;
      break;
    case kind::text:
      write_text(out, d.scalar);
      break;
    case kind::list:
      if (d.items.empty()) out << YAML::Flow;
      out << YAML::BeginSeq;
      for (const auto& item : d.items) write(out, *item);
      out << YAML::EndSeq;
      break;
    case kind::map:
      if (d.entries.empty()) out << YAML::Flow;
      out << YAML::BeginMap;
      for (const auto& e : d.entries) {
        out << YAML::Key;
        write_text(out, e.key);
        out << YAML::Value;
        write(out, *e.value);
      }
      out << YAML::EndMap;
      break;
  }
}

}  // namespace

std::string pretty_yaml(const document& d) {
  YAML::Emitter out;
  out.SetSeqFormat(YAML::Block);
  out.SetMapFormat(YAML::Block);
  write(out, d);
  return std::string{out.c_str(), out.size()} + "\n";
}

}  // namespace scaleit::spec
