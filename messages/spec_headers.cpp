// Headers as settings: what HTTP and the client take, and secrets. Their values are never
// quoted.
#include "messages/spec_forms.hpp"
#include "messages/spec_reader.hpp"
#include "messages/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace scaleit {

namespace {

/// Framing belongs to the client.
constexpr std::array<std::string_view, 7> own_headers{
    "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer",
    "upgrade"};

std::string lower(std::string s) {
  std::ranges::transform(s, s.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return s;
}

/// RFC 9110, section 5.6.2.
bool is_token(std::string_view s) {
  return !s.empty() && std::ranges::all_of(s, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
  });
}

bool has_control(std::string_view s) {
  return std::ranges::any_of(s, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

}  // namespace

void spec_reader::headers(const spec_key& k, std::vector<header>& value) {
  const auto* e = find(k);
  if (!e) return;
  if (e->value->is != document::kind::map)
    return fail(e->at, k.name, "not valid; accepted: a map of header names to texts");
  value.clear();
  for (const auto& h : e->value->entries)
    header_value(h, joined(joined(path_, k.name), h.key), value);
}

void spec_reader::header_value(const document_entry& e, const std::string& path,
                               std::vector<header>& value) {
  const auto refuse = [&](std::string what) { problems_.add({e.at, path, what}); };
  if (e.value->is == document::kind::null) return;
  if (!is_token(e.key))
    return refuse("not a header's name; accepted: letters, digits and '-'");
  const auto name = lower(e.key);
  if (std::ranges::find(own_headers, name) != own_headers.end())
    return refuse("this header is set as needed and cannot be given");
  if (std::ranges::any_of(value, [&](const header& h) { return lower(h.name) == name; }))
    return refuse("this header stands here twice");
  if (e.value->is != document::kind::text)
    return refuse("the value is not valid; accepted: a text, in quotes if need be");
  std::string text = e.value->scalar;
  if (!expand(e, path, text)) return;
  if (has_control(text)) return refuse("the value holds a control character");
  value.push_back({e.key, std::move(text)});
}

bool spec_reader::expand(const document_entry& e, const std::string& path,
                         std::string& value) {
  const auto parts = parse_secrets(value);
  if (const auto* wrong = std::get_if<std::string>(&parts)) {
    problems_.add({e.at, path, *wrong});
    return false;
  }
  std::string out;
  bool good = true;
  for (const auto& part : std::get<std::vector<secret_part>>(parts)) {
    const auto* reference = std::get_if<secret_reference>(&part);
    if (!reference) {
      out += std::get<std::string>(part);
      continue;
    }
    secret_answer answer;
    if (options_.check.secret) answer = options_.check.secret(*reference);
    if (!answer.problem.empty()) {
      problems_.add({e.at, path, answer.problem, answer.warning});
      good = good && answer.warning;
    }
    out += answer.value.value_or(reference->text());
    if (out.size() > bounds::secret_bytes_max) {
      problems_.add(
          {e.at, path, fmt::format("longer than {} bytes", bounds::secret_bytes_max)});
      return false;
    }
  }
  value = std::move(out);
  return good;
}

}  // namespace scaleit
