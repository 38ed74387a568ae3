#include "net/url.hpp"

#include "messages/bounds.hpp"
#include "messages/text.hpp"
#include "net/sentence.hpp"

#include <boost/url.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace scaleit::net {

namespace urls = boost::urls;

namespace {

constexpr std::size_t host_bytes_max = 253;  // RFC 1035, section 2.3.4, as text
constexpr std::size_t shown_bytes_max = 100;

/// Boost's various views, whose conversions differ by release.
std::string text_of(const auto& view) { return {view.data(), view.size()}; }

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
  throw std::invalid_argument(
      fmt::format("URL \"{}\": {}", printable(text, shown_bytes_max), why));
}

/// An '@' before the path, even when the rest does not parse: a secret may precede it.
bool names_a_user(std::string_view text) {
  const auto scheme = text.find("://");
  const auto from = scheme == std::string_view::npos ? 0 : scheme + 3;
  return text.substr(from, text.find_first_of("/?#", from) - from).find('@') !=
         std::string_view::npos;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_';
}

std::string lower(std::string s) {
  std::ranges::transform(s, s.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return s;
}

/// Where the path begins in an absolute URL; 0 in a relative one.
std::size_t end_of_authority(std::string_view text) {
  const auto scheme = text.find_first_of(":/?#");
  if (scheme == std::string_view::npos || !text.substr(scheme).starts_with("://"))
    return 0;
  return std::min(text.find_first_of("/?#", scheme + 3), text.size());
}

/// A reference as servers write it: characters that no URI holds, such as blanks,
/// brackets and bytes above ASCII, are encoded as all clients do. What stands before
/// `from` names a host and stays as it is.
std::string encoded(std::string_view text, std::size_t from) {
  constexpr std::string_view not_in_a_uri = "\"<>[\\]^`{|}";
  const auto is_hex = [&](std::size_t i) {
    constexpr std::string_view digits = "0123456789abcdefABCDEF";
    return i < text.size() && digits.find(text[i]) != std::string_view::npos;
  };
  std::string out{text.substr(0, from)};
  for (std::size_t i = from; i < text.size(); ++i) {
    const char c = text[i];
    const bool stray = c == '%' && !(is_hex(i + 1) && is_hex(i + 2));
    const bool control = (c >= 0 && c < ' ') || c == 0x7f;  // which nobody means
    if (control || (c > ' ' && !stray && not_in_a_uri.find(c) == std::string_view::npos))
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

/// Why no URL can hold it, if that is one character; most of them are pasted.
std::string offender(std::string_view text) {
  if (text.find("%25") != std::string_view::npos && text.find('[') < text.find("%25"))
    return "the zone of an IPv6 address is not supported";
  const auto at = std::ranges::find_if(text, [](char c) {
    return c <= ' ' || c >= 0x7f ||
           std::string_view{"\"<>\\^`{|}"}.find(c) != std::string_view::npos;
  });
  if (at == text.end()) return {};
  const auto from = static_cast<std::size_t>(at - text.begin());
  const auto scheme = text.find("://");
  const auto path = scheme == std::string_view::npos ? 0 : text.find('/', scheme + 3);
  if (from < path) return "a host is written in ASCII (punycode), without blanks";
  const auto c = static_cast<unsigned char>(*at);
  if (c < ' ' || c == 0x7f) return "it holds a control character";
  const auto length = std::max<std::size_t>(1, utf8_length(text.substr(from)));
  const auto with = encoded(text.substr(from, length), 0);
  if (c > 0x7f)
    return fmt::format("a character above ASCII is not accepted; write {}", with);
  return fmt::format("'{}' is not accepted; write {}", *at, with);
}

/// Boost 1.81 ends a host after what looks like an IPv4 address, and takes the rest of
/// the name, as in 10.0.0.1.example, for a path.
bool is_cut_short(const urls::url_view& u) {
  const auto path = text_of(u.encoded_path());
  return u.has_authority() && !path.empty() && path.front() != '/';
}

/// `guard`: how many characters in front of a name are not its own.
void read_host(parsed_url& out, const urls::url_view& u, std::size_t guard,
               std::string_view text) {
  namespace ip = boost::asio::ip;
  switch (u.host_type()) {
    case urls::host_type::ipv4:
      out.literal = ip::address_v4{u.host_ipv4_address().to_uint()};
      out.host = out.literal->to_string();
      break;
    case urls::host_type::ipv6:
      out.literal = ip::address_v6{u.host_ipv6_address().to_bytes()};
      out.host = out.literal->to_string();
      break;
    case urls::host_type::name:
      out.host = lower(text_of(u.encoded_host())).substr(guard);
      if (out.host.empty())
        refuse(text, "the host is missing; accepted is http://host[:port]/path");
      if (out.host.size() > host_bytes_max ||
          !std::ranges::all_of(out.host, is_name_character))
        refuse(text, "the host may hold letters, digits, '-', '.' and '_', at most 253");
      break;
    default:
      refuse(text,
             "the host is missing; accepted is a name, an IPv4 or an [IPv6] address");
  }
}

void read_port(parsed_url& out, const urls::url_view& u, std::string_view text) {
  out.port = out.tls ? 443 : 80;
  if (!u.has_port() || u.port().empty()) return;
  // Not port_number(): in Boost 1.81 it wraps around.
  const auto digits = text_of(u.port());
  const auto end = digits.data() + digits.size();
  if (const auto [p, e] = std::from_chars(digits.data(), end, out.port);
      e != std::errc{} || p != end || out.port == 0)
    refuse(text, "the port must be 1 to 65535");
}

}  // namespace

parsed_url parse_url(std::string_view text) {
  if (names_a_user(text))
    throw std::invalid_argument(
        "a URL with a user name or password is not accepted; use an Authorization "
        "header");
  if (text.size() > bounds::url_bytes_max)
    refuse(text, fmt::format("longer than {} bytes", bounds::url_bytes_max));
  auto parsed = urls::parse_uri({text.data(), text.size()});
  std::string guarded;
  if (parsed && is_cut_short(*parsed)) {
    guarded = text;
    guarded.insert(guarded.find("://") + 3, "x");  // which no address begins with
    parsed = urls::parse_uri(guarded);
  }
  if (!parsed) {
    if (const auto why = offender(text); !why.empty()) refuse(text, why);
    refuse(text, "not an absolute URL; accepted is http:// or https://, a host, a path");
  }
  const urls::url_view u = *parsed;

  parsed_url out;
  const auto scheme = u.scheme_id();
  if (scheme != urls::scheme::http && scheme != urls::scheme::https)
    refuse(text, fmt::format("scheme \"{}\" is not accepted; use http or https",
                             printable(text_of(u.scheme()), 20)));
  out.tls = scheme == urls::scheme::https;
  if (!u.has_authority())
    refuse(text, "the host is missing; accepted is http://host/path");
  // Boost 1.81 also takes what follows a malformed port for a path.
  if (is_cut_short(u))
    refuse(text, "the port must be 1 to 65535, and a path begins with '/'");
  read_host(out, u, guarded.empty() ? 0 : 1, text);
  read_port(out, u, text);

  const std::string shown =
      out.literal && out.literal->is_v6() ? "[" + out.host + "]" : out.host;
  out.where = fmt::format("{}:{}", shown, out.port);
  out.authority = out.port == (out.tls ? 443 : 80) ? shown : out.where;
  out.target = text_of(u.encoded_path());
  if (out.target.empty()) out.target = "/";
  if (u.has_query()) out.target += "?" + text_of(u.encoded_query());
  return out;
}

std::string resolve_location(std::string_view base, std::string_view location) {
  if (location.size() > bounds::url_bytes_max)
    refuse(location, fmt::format("longer than {} bytes", bounds::url_bytes_max));
  const auto blank = location.find_first_not_of(" \t");
  location.remove_prefix(std::min(blank, location.size()));
  location = location.substr(0, location.find_last_not_of(" \t") + 1);
  // The fragment is for whoever shows a page.
  std::string reference{location.substr(0, location.find('#'))};
  if (reference.starts_with("//"))
    reference.insert(0, base.substr(0, base.find(':') + 1));
  reference = encoded(reference, end_of_authority(reference));
  // Scheme and authority are taken over as they are: see is_cut_short(). Boost resolves
  // the rest, below a host that stands for them.
  std::string origin{base.substr(0, end_of_authority(base))};
  std::string page{base.substr(origin.size())};
  const std::string stand_in = "http://h";
  if (const auto end = end_of_authority(reference); end != 0) {
    origin = reference.substr(0, end);
    reference.replace(0, end, stand_in);
  }
  page.insert(0, stand_in);
  const auto to = urls::parse_uri_reference(reference);
  if (!to || (to->has_scheme() && !to->has_authority())) refuse(location, "not a URL");
  const auto from = urls::parse_uri(page);
  if (!from || origin.empty()) refuse(base, "not an absolute URL");
  urls::url out;
  if (!urls::resolve(*from, *to, out)) refuse(location, "cannot be resolved");
  out.remove_fragment();
  const auto resolved = text_of(out.buffer());
  if (!resolved.starts_with(stand_in)) refuse(location, "cannot be resolved");
  return origin + resolved.substr(stand_in.size());
}

}  // namespace scaleit::net
