#include "spec/refusal.hpp"

#include "messages/text.hpp"
#include "net/headers.hpp"
#include "spec/text_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace scaleit::spec {

using net::same_header;
using std::string_view;

namespace {

constexpr string_view blanks = " \t\r\n\f\v";
constexpr std::size_t excerpt_bytes_max = 140;
constexpr std::size_t looked_at_bytes_max = 4096;  // of a body, for an excerpt of it
constexpr std::size_t secret_bytes_min = 4;  // what is shorter is in any text by chance

string_view without_blanks(string_view s) {
  return s.substr(std::min(s.find_first_not_of(blanks), s.size()));
}

bool begins_with(string_view text, string_view lower) {
  return net::same_header(text.substr(0, lower.size()), lower);
}

bool is_html(string_view body) {
  body = without_blanks(body);
  return begins_with(body, "<!doctype html") || begins_with(body, "<html") ||
         begins_with(body, "<head") || begins_with(body, "<body");
}

/// What stands between the tags, but for scripts and styles.
std::string text_of_html(string_view page) {
  std::string out;
  while (!page.empty()) {
    const auto tag = std::min(page.find('<'), page.size());
    out.append(page.substr(0, tag)).push_back(' ');
    page.remove_prefix(tag);
    for (const string_view hidden : {"script", "style"})
      if (begins_with(page.substr(std::min<std::size_t>(1, page.size())), hidden)) {
        const auto end = page.find("</");
        page.remove_prefix(std::min(end, page.size()));
      }
    page.remove_prefix(std::min(page.find('>'), page.size() - 1) + 1);
    if (page.find('<') == string_view::npos && page.find('>') == string_view::npos) {
      out.append(page);
      break;
    }
  }
  return out;
}

std::string with_single_blanks(string_view s) {
  std::string out;
  for (const char c : s) {
    const bool blank = blanks.find(c) != string_view::npos;
    if (!blank)
      out.push_back(c);
    else if (!out.empty() && out.back() != ' ')
      out.push_back(' ');
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

void hide(std::string& text, string_view secret) {
  if (secret.size() < secret_bytes_min) return;
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
    text.replace(at, secret.size(), "***");
}

/// The peer may repeat all of "Bearer abc", or only what follows the scheme.
void hide_sent(std::string& text, std::span<const header> sent) {
  for (const auto& h : sent) {
    hide(text, h.value);
    string_view rest = h.value;
    if (const auto scheme = rest.find(' '); scheme != string_view::npos)
      rest.remove_prefix(scheme);
    else
      continue;
    while (!(rest = without_blanks(rest)).empty()) {
      const auto word = rest.substr(0, rest.find_first_of(" \t,;="));
      hide(text, word);
      rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    }
  }
}

/// Secrets are hidden before anything is cut, so that none shows in part.
std::string excerpt(const http_response& answer, std::span<const header> sent) {
  if (!answer.encoding.empty()) return fmt::format("({})", answer.encoding);
  const bool html = is_html(answer.body);
  std::string body = answer.body;
  hide_sent(body, sent);
  const auto looked_at = string_view{body}.substr(0, looked_at_bytes_max);
  const auto text = html ? text_of_html(looked_at) : std::string{looked_at};
  return printable(with_single_blanks(text), excerpt_bytes_max);
}

failure told(const http_response& answer, string_view said) {
  auto detail = fmt::format("answered {}", answer.status);
  if (!said.empty()) detail.append(": ").append(said);
  return {failure_kind::http, printable(detail), answer.status, answer.took};
}

failure not_json(const http_response& answer, std::string why) {
  return {failure_kind::json, std::move(why), answer.status, answer.took};
}

string_view compression_of(const http_response& answer) {
  if (!answer.encoding.empty()) return answer.encoding;
  const string_view body = answer.body;
  if (body.starts_with("\x1f\x8b")) return "gzip";
  if (body.starts_with("\x28\xb5\x2f\xfd")) return "zstd";
  return {};
}

/// Nothing but a whole object or list ends as it does.
bool may_be_half(string_view body) {
  const auto end = body.find_last_not_of(blanks);
  return end == string_view::npos || (body[end] != '}' && body[end] != ']');
}

}  // namespace

std::optional<failure> refusal(const http_response& answer,
                               std::span<const header> sent) {
  if (answer.error) return answer.error;
  if (answer.status >= 200 && answer.status <= 299) return {};
  return told(answer, excerpt(answer, sent));
}

failure refusal(const http_response& answer, std::span<const header> sent,
                std::string said) {
  hide_sent(said, sent);
  return told(answer, said);
}

std::string without_sent(std::string_view said, std::span<const header> sent) {
  std::string text{said};
  hide_sent(text, sent);
  return with_single_blanks(text);
}

std::optional<failure> unreadable(const http_response& answer) {
  if (const auto how = compression_of(answer); !how.empty())
    return not_json(answer, fmt::format("the answer is compressed ({})", how));
  if (const auto encoding = encoding_of_text(answer.body); !encoding.empty())
    return not_json(answer,
                    fmt::format("the answer is in {}; accepted: UTF-8", encoding));
  if (is_html(answer.body)) {
    const auto text = with_single_blanks(
        text_of_html(string_view{answer.body}.substr(0, looked_at_bytes_max)));
    return not_json(
        answer, fmt::format("the answer is an HTML page, not JSON (a login page?): {}",
                            printable(text, excerpt_bytes_max)));
  }
  if (answer.may_be_cut && may_be_half(answer.body))
    return failure{failure_kind::body,
                   fmt::format("closed without TLS's close_notify after {} bytes; the "
                               "answer may be cut",
                               answer.body.size()),
                   answer.status, answer.took};
  return {};
}

}  // namespace scaleit::spec
