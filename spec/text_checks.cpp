#include "spec/text_checks.hpp"

#include "messages/text.hpp"
#include "net/stream_socket.hpp"
#include "net/url.hpp"
#include "policy/cron.hpp"
#include "policy/schedule.hpp"
#include "spec/input_error.hpp"
#include "spec/listen.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace scaleit::spec {

namespace {

constexpr std::string_view uri_characters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?%";

/// Where a % is that encodes nothing.
std::size_t stray_percent(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEFabcdef";
  auto at = text.find('%');
  for (; at != std::string_view::npos; at = text.find('%', at + 1)) {
    const auto hex = text.substr(at + 1, 2);
    if (hex.size() < 2 || hex.find_first_not_of(digits) != std::string_view::npos) break;
  }
  return at;
}

/// `'{', which is written %7B`: the first character that may not stand in a path or a
/// query as it is; empty if there is none.
std::string odd_character(std::string_view text) {
  const auto at = std::min(text.find_first_not_of(uri_characters), stray_percent(text));
  if (at == std::string_view::npos) return {};
  const auto odd =
      text.substr(at, std::max<std::size_t>(1, utf8_length(text.substr(at))));
  std::string encoded;
  for (const char c : odd)
    encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return fmt::format("'{}', which is written {}", printable(odd), encoded);
}

/// What is wrong with the host, where the sentence of who reads URLs would not say it.
std::optional<std::string> odd_host(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos) return {};
  const auto from = scheme + 3;
  const auto host = text.substr(from, text.find_first_of("/?#", from) - from);
  if (host.find('@') != std::string_view::npos) return {};
  if (std::ranges::any_of(host, [](char c) { return (c & 0x80) != 0; }))
    return fmt::format("the host '{}' is not ASCII; accepted: its form in ASCII, xn--...",
                       printable(host, 80));
  if (host.starts_with('[') && host.find('%') != std::string_view::npos)
    return fmt::format(
        "the host '{}' has a zone (%), which is not supported; accepted: an "
        "IPv6 address without one",
        printable(host, 80));
  const auto at = host.find_first_of("{}|\\^`<>\" ");
  if (at == std::string_view::npos) return {};
  return fmt::format(
      "the host '{}' holds a '{}'; accepted: letters, digits, '-', '.' "
      "and '_'",
      printable(host, 80), host[at]);
}

std::optional<std::string> wrong_url(std::string_view text) {
  std::optional<std::string> wrong;
  try {
    net::parse_url(text);
    return wrong;
  } catch (const std::invalid_argument& e) {
    wrong = e.what();
  }
  if (auto host = odd_host(text)) return host;
  // What stands behind a ? or # may be a secret, and is not to be quoted.
  const auto shown = text.substr(0, text.find_first_of("?#"));
  const auto scheme = shown.find("://");
  const auto path = shown.find('/', scheme == std::string_view::npos ? 0 : scheme + 3);
  if (path != std::string_view::npos)
    if (const auto odd = odd_character(shown.substr(path)); !odd.empty())
      return fmt::format("the path of the URL holds {}", odd);
  if (shown.size() == text.size()) return wrong;
  try {
    net::parse_url(shown);
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  if (const auto odd = odd_character(text.substr(shown.size() + 1)); !odd.empty())
    return fmt::format("the query of the URL holds {}", odd);
  return "the part of the URL behind the path is not valid; accepted: RFC 3986, with %20 "
         "for a space and so on";
}

std::optional<std::string> wrong_listener(std::string_view text) {
  try {
    parse_listen("listen", text);
    return {};
  } catch (const input_error&) {
    return fmt::format(
        "'{}' is not valid; accepted: ADDR:PORT, such as 0.0.0.0:8000 or [::]:8000, or "
        "unix:/path, of at most {} bytes",
        printable(text, 160), net::unix_path_bytes_max);
  }
}

}  // namespace

std::optional<std::string> complaint_about(text_form form, std::string_view text) {
  switch (form) {
    case text_form::url:
    case text_form::base_url:
      return wrong_url(text);
    case text_form::cron:
      return policy::complaint_about_cron(text);
    case text_form::timezone:
      return policy::complaint_about_timezone(text);
    case text_form::listener:
      return wrong_listener(text);
    default:
      return {};
  }
}

}  // namespace scaleit::spec
