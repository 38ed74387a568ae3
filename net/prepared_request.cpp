#include "net/prepared_request.hpp"

#include "net/headers.hpp"
#include "net/sentence.hpp"
#include "net/stream_socket.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>

namespace scaleit::net {

namespace {

using std::string_view;

constexpr std::array<string_view, 7> verbs{"GET",    "PUT",  "POST",   "PATCH",
                                           "DELETE", "HEAD", "OPTIONS"};

/// RFC 9110, section 8.6: a length of 0 is told where a body is expected.
constexpr bool expects_body(verb v) {
  return v == verb::put || v == verb::post || v == verb::patch;
}

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
  add("Accept-Encoding", "identity");
  if (!r.keep_alive) out += "Connection: close\r\n";
  for (const auto& h : r.headers) out += fmt::format("{}: {}\r\n", h.name, h.value);
  if (!r.content_type.empty() && !r.body.empty()) add("Content-Type", r.content_type);
  if (expects_body(r.method) || !r.body.empty())
    out += fmt::format("Content-Length: {}\r\n", r.body.size());
  return out + "\r\n" + r.body;
}

parsed_url address_of(const http_request& r) {
  auto url = parse_url(r.url);
  if (r.unix_socket.empty()) return url;
  if (!is_unix_path(r.unix_socket))
    throw std::invalid_argument(
        fmt::format("the path of a unix socket \"{}\" is not accepted; it has at most {} "
                    "bytes and no control character",
                    printable(r.unix_socket, 120), unix_path_bytes_max));
  url.unix_socket = r.unix_socket;
  url.where = "unix:" + r.unix_socket;
  return url;
}

/// Names of files hold no line break that anybody means.
std::string identity(const parsed_url& url, const tls_settings& tls) {
  // At a unix socket the host is still whom a certificate must name.
  auto origin = url.unix_socket.empty() ? url.origin() : url.origin() + "\n" + url.host;
  if (!url.tls || tls == tls_settings{}) return origin;
  return fmt::format("{}\n{}\n{}\n{}\n{}", origin, tls.ca_file, tls.cert_file,
                     tls.key_file, tls.server_name);
}

}  // namespace

prepared_request::prepared_request(const http_request& r)
    : source_(r), url_(address_of(r)), origin_(identity(url_, r.tls)) {
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
  if (url.origin() != parse_url(r.source().url).origin()) {
    next.headers.clear();
    next.unix_socket.clear();
    next.tls = {.ca_file = r.source().tls.ca_file};
  }
  return prepare(next);
}

}  // namespace scaleit::net
