// Headers as settings: what HTTP and the client take, and secrets. Their values are never
// quoted.
#include "net/headers.hpp"
#include "spec/credentials.hpp"
#include "spec/spec_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace scaleit::spec {

namespace {

/// Where, but not beside what: it is a secret.
std::string control_character(std::string_view value) {
  const auto at = std::ranges::find_if(value, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
  });
  if (at == value.end()) return "the value is not valid";
  return fmt::format("the value holds a control character{} (byte {} of {})",
                     *at == '\n' || *at == '\r' ? ", a line break" : "",
                     at - value.begin() + 1, value.size());
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
  const auto refuse = [&](std::string what) {
    problems_.add({e.at, path, std::move(what)});
  };
  if (e.value->is == document::kind::null) return;
  if (!net::is_header_name(e.key))
    return refuse("not a header's name; accepted: letters, digits and '-'");
  if (net::is_framing_header(e.key))
    return refuse("this header is set as needed and cannot be given");
  if (std::ranges::any_of(
          value, [&](const header& h) { return net::same_header(h.name, e.key); }))
    return refuse("this header stands here twice");
  if (e.value->is != document::kind::text)
    return refuse("the value is not valid; accepted: a text, in quotes if need be");
  const std::string& text = e.value->scalar;
  std::string sent = text;
  if (!expand(e, path, sent)) return;
  if (!net::is_header_value(sent)) return refuse(control_character(sent));
  if (!options_.recorded && !options_.policy_only) {
    if (is_hidden_header(e.key, text))
      return refuse(
          "'***' stands for a credential that was hidden where this was copied from; "
          "accepted: the value, or ${VAR} or ${file:/path} in its place");
    if (is_literal_credential(e.key, text))
      problems_.add({e.at, path,
                     "a credential in clear text; ${VAR} or ${file:/path} in its place "
                     "keeps it out of this file",
                     true});
  }
  value.push_back({e.key, text});
}

bool spec_reader::judge_credentials(text_position at, const spec_key& k,
                                    std::string_view url) {
  if (options_.recorded || options_.policy_only) return true;
  if (is_hidden_url(url)) {
    fail(at, k.name,
         "'***' stands for a credential that was hidden where this was copied from; "
         "accepted: the URL with its value");
    return false;
  }
  if (shown_url(url) != url)
    fail(at, k.name,
         "a credential in clear text stands in the query; a header with ${VAR} or "
         "${file:/path} keeps it out of this file",
         true);
  return true;
}

/// What is sent in the place of `value`, as far as it is known here.
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
    if (const auto& ask = options_.surroundings.secret) answer = ask(*reference);
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

}  // namespace scaleit::spec
