#include "net/prepared_request.hpp"

#include "net/headers.hpp"
#include "net/sentence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>

namespace scaleit::net {

namespace {

using std::string_view;

constexpr std::array<string_view, 4> verbs{"GET", "PUT", "POST", "PATCH"};

void check(const header& h) {
  if (!is_header_name(h.name))
    throw std::invalid_argument(
        fmt::format("header name \"{}\" is not accepted; use letters, digits and '-'",
                    printable(h.name, 60)));
  if (is_framing_header(h.name))
    throw std::invalid_argument(
        fmt::format("header \"{}\" is not accepted; it is set as needed", h.name));
  if (!is_header_value(h.value))
    throw std::invalid_argument(fmt::format(
        "the value of header \"{}\" holds a control character (a line break?)", h.name));
}

std::string serialize(const http_request& r, const parsed_url& url) {
  auto given = [&](string_view name) {
    return std::ranges::any_of(
        r.headers, [&](const header& h) { return same_header(h.name, name); });
  };
  std::string out = fmt::format("{} {} HTTP/1.1\r\n",
                                verbs.at(static_cast<std::size_t>(r.method)), url.target);
  auto add = [&](string_view name, string_view value) {
    if (!given(name)) out += fmt::format("{}: {}\r\n", name, value);
  };
  add("Host", url.authority);
  add("User-Agent", "scaleit/" SCALEIT_VERSION);
  add("Accept", "application/json");
  for (const auto& h : r.headers) out += fmt::format("{}: {}\r\n", h.name, h.value);
  if (!r.content_type.empty() && !r.body.empty()) add("Content-Type", r.content_type);
  if (r.method != verb::get || !r.body.empty())
    out += fmt::format("Content-Length: {}\r\n", r.body.size());
  return out + "\r\n" + r.body;
}

}  // namespace

prepared_request::prepared_request(const http_request& r)
    : source_(r), url_(parse_url(r.url)), origin_(url_.origin()) {
  for (const auto& h : r.headers) check(h);
  if (!is_header_value(r.content_type))
    throw std::invalid_argument("the content type holds a control character");
  wire_ = serialize(r, url_);
}

prepared_ptr prepare(const http_request& r) {
  return std::make_shared<prepared_request>(r);
}

prepared_ptr redirected(const prepared_request& r, const std::string& location) {
  http_request next = r.source();
  next.url = resolve_location(r.source().url, location);
  const auto url = parse_url(next.url);
  if (r.url().tls && !url.tls)
    throw std::invalid_argument("it leads from https to http, which is never followed");
  if (url.origin() != r.origin().text) next.headers.clear();
  return prepare(next);
}

}  // namespace scaleit::net
