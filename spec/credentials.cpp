#include "spec/credentials.hpp"

#include "spec/secrets.hpp"

#include <algorithm>
#include <array>
#include <variant>
#include <vector>

namespace scaleit::spec {

namespace {

using std::string_view;

/// In lower case, and without what divides words: `X-Api-Key` is `xapikey`.
std::string letters_of(string_view name) {
  std::string all;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z')
      all += static_cast<char>(c - 'A' + 'a');
    else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
      all += c;
  }
  return all;
}

/// `Bearer`, `session=`, `; `: what stands before or between references and gives nothing
/// away.
bool is_harmless(string_view literal) {
  if (literal.size() > 32) return false;
  const auto last = literal.find_last_not_of(" \t");
  if (last == string_view::npos) return true;
  const bool divides = last + 1 < literal.size() ||
                       string_view{"=:;,\"'"}.find(literal[last]) != string_view::npos;
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
           c == ' ' || c == '=' || c == ':' || c == ';' || c == ',' || c == '"' ||
           c == '\'';
  };
  return divides && std::ranges::all_of(literal, is_word);
}

/// Divides references, or closes what one has opened.
bool is_mark(string_view literal) {
  return literal.find_first_not_of("\"';,.:/+-_ ") == string_view::npos;
}

std::vector<secret_part> parts_of(string_view value) {
  auto parts = parse_secrets(value);
  if (auto* all = std::get_if<std::vector<secret_part>>(&parts)) return std::move(*all);
  return {std::string{value}};
}

bool is_reference(const secret_part& p) {
  return std::holds_alternative<secret_reference>(p);
}

}  // namespace

bool names_credential(string_view name) {
  constexpr std::array<string_view, 15> words{
      "auth",       "token",     "secret", "password", "passwd",
      "passphrase", "cookie",    "apikey", "appkey",   "credential",
      "session",    "signature", "jwt",    "bearer",   "accesskey"};
  const auto letters = letters_of(name);
  return letters == "key" || letters == "sig" || letters == "pwd" || letters == "pass" ||
         letters.ends_with("key") || std::ranges::any_of(words, [&](string_view w) {
           return letters.find(w) != std::string::npos;
         });
}

bool is_literal_credential(string_view name, string_view value) {
  const auto parts = parts_of(value);
  if (std::ranges::any_of(parts, is_reference)) return shown_header(name, value) != value;
  if (value.empty()) return false;
  if (names_credential(name)) return true;
  constexpr std::array<string_view, 4> schemes{"bearer ", "basic ", "digest ", "token "};
  std::string begin;
  for (const char c : value.substr(0, 7))
    begin += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const bool has_scheme =
      std::ranges::any_of(schemes, [&](string_view s) { return begin.starts_with(s); });
  const bool is_jwt =
      value.starts_with("eyJ") && std::ranges::count(value, '.') == 2;  // RFC 7519
  return has_scheme || is_jwt;
}

std::string shown_header(string_view name, string_view value) {
  const auto parts = parts_of(value);
  if (std::ranges::none_of(parts, is_reference))
    return std::string{is_literal_credential(name, value) ? hidden : value};
  std::string shown;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (const auto* r = std::get_if<secret_reference>(&parts[i])) {
      shown += r->text();
      continue;
    }
    const auto& literal = std::get<std::string>(parts[i]);
    const bool plain =
        !names_credential(name) || is_harmless(literal) || (i > 0 && is_mark(literal));
    shown += plain ? literal : std::string{hidden};
  }
  return shown;
}

std::string shown_url(string_view url) {
  const auto query = url.find('?');
  if (query == string_view::npos) return std::string{url};
  std::string shown{url.substr(0, query)};
  auto rest = url.substr(query);
  while (!rest.empty()) {
    const auto end = std::min(rest.find_first_of("&;#", 1), rest.size());
    const auto parameter = rest.substr(1, end - 1);
    const auto equals = parameter.find('=');
    shown += rest.front();
    if (rest.front() != '#' && equals != string_view::npos &&
        equals + 1 < parameter.size() && names_credential(parameter.substr(0, equals)))
      shown.append(parameter.substr(0, equals + 1)).append(hidden);
    else
      shown += parameter;
    rest.remove_prefix(end);
  }
  return shown;
}

bool is_hidden(string_view value) { return value.find(hidden) != string_view::npos; }

}  // namespace scaleit::spec
