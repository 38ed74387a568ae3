// What browsers send for pages that are not ours.
//
// A page anywhere can have requests sent to this machine, by an address or, with a name
// of its own that resolves to 127.0.0.1 a moment later (DNS rebinding), even as its own
// origin. Browsers say so in headers that no page can set: Host, Origin (RFC 6454) and
// Sec-Fetch-Site (Fetch Metadata). Other clients send no Origin and are not concerned.
#include "api/access.hpp"
#include "messages/text.hpp"
#include "net/problem.hpp"

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace scaleit::api {

namespace {

namespace ip = boost::asio::ip;
using std::string_view;

constexpr std::size_t shown_bytes_max = 100;

std::string lower(string_view s) {
  std::string out{s};
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

/// RFC 3986, section 3.2, without user information.
struct authority {
  std::string host;  ///< in lower case, without brackets and a dot at the end
  bool bracketed = false;
  std::optional<std::uint16_t> port{};
  std::uint16_t port_or(std::uint16_t plain) const { return port.value_or(plain); }
};

std::optional<authority> parse_authority(string_view s) {
  authority out;
  const auto end = s.starts_with('[') ? s.find(']') : s.find(':');
  out.bracketed = s.starts_with('[');
  if (out.bracketed && end == string_view::npos) return {};
  auto host = s.substr(0, end);
  auto rest = s.substr(host.size());
  if (out.bracketed) {
    host.remove_prefix(1);
    rest.remove_prefix(1);
  }
  if (host.ends_with('.')) host.remove_suffix(1);
  const auto fits = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '.' || c == '_' || (c == ':' && out.bracketed);
  };
  if (host.empty() || !std::ranges::all_of(host, fits)) return {};
  out.host = lower(host);
  if (rest.empty() || rest == ":") return out;
  rest.remove_prefix(1);
  std::uint16_t port = 0;
  const auto [last, error] =
      std::from_chars(rest.data(), rest.data() + rest.size(), port);
  if (error != std::errc{} || last != rest.data() + rest.size()) return {};
  out.port = port;
  return out;
}

/// By names that no DNS is asked for (RFC 6761, section 6.3), or by address.
bool is_loopback(const authority& a) {
  if (!a.bracketed && (a.host == "localhost" || a.host.ends_with(".localhost")))
    return true;
  boost::system::error_code bad;
  if (!a.bracketed) return ip::make_address_v4(a.host, bad).is_loopback() && !bad;
  const auto address = ip::make_address_v6(a.host, bad);
  if (bad) return false;
  return address.is_loopback() ||
         (address.is_v4_mapped() &&
          ip::make_address_v4(ip::v4_mapped, address).is_loopback());
}

/// The scheme may be the other one: a proxy in front may be who speaks TLS.
bool is_origin_of(string_view origin, const std::optional<authority>& host) {
  const auto text = lower(origin);
  const bool tls = text.starts_with("https://");
  if (!host || (!tls && !text.starts_with("http://"))) return false;
  const auto page = parse_authority(string_view{text}.substr(tls ? 8 : 7));
  const std::uint16_t plain = tls ? 443 : 80;
  return page && page->host == host->host && page->bracketed == host->bracketed &&
         page->port_or(plain) == host->port_or(plain);
}

/// Somebody followed a link to here: the page that has it learns nothing.
bool is_navigation(const net::server_request& r) {
  return r.method == "GET" && r.header("Sec-Fetch-Mode") == "navigate" &&
         r.header("Sec-Fetch-Dest") == "document";
}

std::string shown(std::optional<string_view> s) {
  return printable(s.value_or(""), shown_bytes_max);
}

}  // namespace

std::optional<net::server_response> refuse_foreign_page(const net::server_request& r,
                                                        reach from) {
  const auto host = r.header("Host");
  const auto ours = parse_authority(host.value_or(""));
  // HTTP/1.0 may leave it out; browsers do not.
  if (from == reach::loopback && host && !(ours && is_loopback(*ours)))
    return net::problem(
        421, fmt::format("the API is on this machine's loopback, and Host is '{}'; "
                         "accepted: localhost, 127.0.0.1 or [::1], with any port",
                         shown(host)));
  if (const auto origin = r.header("Origin"); origin && !is_origin_of(*origin, ours))
    return net::problem(
        403, fmt::format("this is sent by a page of another origin, '{}', and the API is "
                         "at '{}'; a proxy in front passes Host on as it is",
                         shown(origin), shown(host)));
  const auto site = r.header("Sec-Fetch-Site");
  if (site && *site != "same-origin" && *site != "none" && !is_navigation(r))
    return net::problem(403, fmt::format("this is sent by a page of another site "
                                         "(Sec-Fetch-Site: {})",
                                         shown(site)));
  return {};
}

}  // namespace scaleit::api
