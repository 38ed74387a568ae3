#include "spec/credentials.hpp"

#include "spec/secrets.hpp"

#include <algorithm>
#include <array>
#include <regex>
#include <variant>
#include <vector>

namespace scaleit::spec {

namespace {

using std::string_view;

/// The words of a name in lower case: `X-Api_Key` is x, api, key.
std::vector<std::string> words_of(string_view name) {
  std::vector<std::string> words(1);
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z')
      words.back() += static_cast<char>(c - 'A' + 'a');
    else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
      words.back() += c;
    else if (!words.back().empty())
      words.emplace_back();
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

bool is_credential(string_view word) {
  constexpr std::array<string_view, 12> whole{
      "auth",       "authorization", "authentication",
      "credential", "credentials",   "session",
      "sessionid",  "passphrase",    "pass",
      "pwd",        "sig",           "jwt"};
  constexpr std::array<string_view, 9> ends{"token",     "secret", "password",
                                            "passwd",    "apikey", "appkey",
                                            "accesskey", "cookie", "signature"};
  return std::ranges::find(whole, word) != whole.end() ||
         std::ranges::any_of(ends, [&](string_view e) { return word.ends_with(e); });
}

/// What keys are that open nothing.
bool is_harmless_key(string_view of) {
  constexpr std::array<string_view, 7> known{
      "idempotency", "websocket", "cache", "partition", "routing", "sort", "surrogate"};
  return std::ranges::find(known, of) != known.end();
}

/// `Bearer`, `session=`, `; theme=`: what stands before a reference or between two and
/// gives nothing away.
bool is_harmless(string_view literal) {
  static const std::regex form{
      "[;,&\"' ]*([A-Za-z][A-Za-z-]{0,19} +)?([A-Za-z_][A-Za-z0-9_-]{0,31}[=:] "
      "*[\"']?)?"};
  return std::regex_match(literal.begin(), literal.end(), form);
}

/// Divides references, or closes what one has opened.
bool is_mark(string_view literal) {
  return literal.find_first_not_of("\"';,.:/+-_ ") == string_view::npos;
}

bool is_reference(const secret_part& p) {
  return std::holds_alternative<secret_reference>(p);
}

/// The URL with `in_place` of each value of its query that is a credential.
template <class F>
std::string with_credentials(string_view url, F in_place) {
  const auto query = url.find('?');
  if (query == string_view::npos) return std::string{url};
  std::string out{url.substr(0, query)};
  auto rest = url.substr(query);
  while (!rest.empty()) {
    const auto end = std::min(rest.find_first_of("&;#", 1), rest.size());
    const auto parameter = rest.substr(1, end - 1);
    const auto equals = parameter.find('=');
    const bool has_value = equals != string_view::npos && equals + 1 < parameter.size() &&
                           rest.front() != '#';
    out += rest.front();
    if (has_value && names_credential(parameter.substr(0, equals)))
      out.append(parameter.substr(0, equals + 1))
          .append(in_place(parameter.substr(equals + 1)));
    else
      out += parameter;
    rest.remove_prefix(end);
  }
  return out;
}

}  // namespace

bool names_credential(string_view name) {
  const auto words = words_of(name);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (is_credential(words[i])) return true;
    if (words[i] == "key" && !(i > 0 && is_harmless_key(words[i - 1]))) return true;
  }
  return false;
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
  return with_credentials(url, [](string_view) { return hidden; });
}

bool is_hidden_header(string_view name, string_view value) {
  return value == hidden ||
         (names_credential(name) && value.find(hidden) != string_view::npos);
}

bool is_hidden_url(string_view url) {
  bool found = false;
  with_credentials(url, [&](string_view value) {
    found = found || value == hidden;
    return value;
  });
  return found;
}

}  // namespace scaleit::spec
