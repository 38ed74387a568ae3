#include "spec/config_file.hpp"

#include "messages/bounds.hpp"
#include "messages/text.hpp"
#include "net/url.hpp"
#include "policy/cron.hpp"
#include "policy/expression.hpp"
#include "policy/schedule.hpp"
#include "spec/input_error.hpp"
#include "spec/listen.hpp"
#include "spec/text_file.hpp"

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

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
        "'{}' is not valid; accepted: ADDR:PORT, such as 0.0.0.0:8000 or [::]:8000",
        printable(text, 80));
  }
}

/// The token's file, which may lie elsewhere than where the settings are checked.
std::optional<secret_answer> unreadable(const std::string& file, bool warning) {
  if (file.empty()) return {};
  try {
    read_text_file(file, bounds::secret_bytes_max, "a readable file");
    return {};
  } catch (const input_error& e) {
    return secret_answer{{}, e.what(), warning};
  }
}

/// A file is read once, however many targets name it.
secret_answer answer_of(secret_store& secrets, const secret_reference& r) {
  if (!r.file) {
    auto read = secret_of_variable(secrets.variables(), r.name);
    if (!read.problem.empty()) return {{}, std::move(read.problem), false};
    return {std::move(read.value), {}, false};
  }
  const auto file = secrets.file(r.name);
  file->look({});  // once: whoever sends it looks again
  if (!file->problem().empty()) return {{}, file->problem(), false};
  return {file->value(), {}, false};
}

}  // namespace

spec_checkers all_checkers() {
  spec_checkers c;
  c.url = wrong_url;
  c.listener = wrong_listener;
  c.loopback = [](std::string_view at) {
    boost::system::error_code bad;
    const auto address =
        boost::asio::ip::make_address(parse_listen("listen", at).address, bad);
    return !bad && address.is_loopback();
  };
  c.cron = policy::complaint_about_cron;
  c.timezone = policy::complaint_about_timezone;
  c.expression = [](std::string_view text, const std::vector<std::string>& metrics) {
    return policy::complaint_about_expression(text, metrics);
  };
  return c;
}

loaded_config read_config_text(std::string_view text, const std::string& name,
                               config_use use, secret_store& secrets) {
  loaded_config out{name};
  read_options options;
  options.recorded = use == config_use::recorded;
  options.policy_only = use == config_use::policy || options.recorded;
  options.check = all_checkers();
  if (use == config_use::run || use == config_use::check)
    options.check.token_file = [use](const std::string& file) {
      return unreadable(file, use == config_use::check);
    };
  if (use == config_use::run)
    options.check.secret = [&](const secret_reference& r) {
      return answer_of(secrets, r);
    };
  if (use == config_use::check)
    options.check.secret = [&](const secret_reference& r) -> secret_answer {
      if (r.file || secrets.variables().find(r.name)) return {};
      return {{}, r.text() + " is not set here", true};
    };
  out.content = read_config(text, options, out.problems);
  return out;
}

loaded_config load_config(const std::string& file, config_use use,
                          secret_store& secrets) {
  const auto text = file == "-"
                        ? read_standard_input(bounds::config_bytes_max)
                        : read_text_file(file, bounds::config_bytes_max, "a config file");
  return read_config_text(text, file, use, secrets);
}

namespace {

template <class Wording>
std::vector<std::string> lines_of(const loaded_config& c, Wording wording) {
  std::vector<std::string> lines;
  for (const auto& p : c.problems.all()) lines.push_back(wording(p, printable(c.file)));
  if (c.problems.untold() > 0)
    lines.push_back(
        fmt::format("{}: and {} more", printable(c.file), c.problems.untold()));
  return lines;
}

}  // namespace

std::vector<std::string> told(const loaded_config& c) {
  return lines_of(c, [](const auto& p, const auto& file) { return to_string(p, file); });
}

std::vector<std::string> warnings_to_log(const loaded_config& c) {
  return lines_of(c, where_and_what);
}

const config& require_good(const loaded_config& c) {
  if (c.good()) return c.content;
  throw bad_config{told(c)};
}

}  // namespace scaleit::spec
