#include "api/access.hpp"

#include "messages/bounds.hpp"
#include "messages/text.hpp"
#include "net/headers.hpp"
#include "net/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace scaleit::api {

namespace {

using spec::api_access;
using std::string_view;

constexpr string_view blanks = " \t";
constexpr string_view scheme = "bearer";

/// RFC 9110, section 9.2.1. Methods are told apart by case: `get` is none that is safe.
bool is_safe(string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

/// RFC 6750, section 3: the challenge, and of what was given what is wrong with it.
net::server_response challenge(int status, string_view error, string_view detail) {
  auto answer = net::problem(status, detail);
  answer.headers.push_back(
      {"WWW-Authenticate",
       error.empty() ? "Bearer realm=\"scaleit\""
                     : fmt::format("Bearer realm=\"scaleit\", error=\"{}\"", error)});
  return answer;
}

net::server_response too_many(std::chrono::seconds wait) {
  auto answer = net::problem(
      429, fmt::format("there were {} wrong tokens from this address; the next is looked "
                       "at in {} s",
                       bounds::api_logins_failed_max, wait.count()));
  answer.headers.push_back({"Retry-After", fmt::format("{}", wait.count())});
  return answer;
}

string_view without_blanks(string_view s) {
  const auto first = s.find_first_not_of(blanks);
  if (first == string_view::npos) return {};
  return s.substr(first, s.find_last_not_of(blanks) - first + 1);
}

/// What stands in an Authorization header.
struct credentials {
  bool bearer = false;
  string_view token{};  ///< empty: it is malformed
};

credentials parse_credentials(string_view value) {
  value = without_blanks(value);
  const auto end = std::min(value.find_first_of(blanks), value.size());
  if (!net::same_header(value.substr(0, end), scheme)) return {};
  auto rest = value.substr(end);
  // RFC 9110, section 11.4: spaces, and no tabs.
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  const bool word =
      std::ranges::all_of(rest, [](char c) { return c > ' ' && c < '\x7f'; });
  return {true, word ? rest : string_view{}};
}

}  // namespace

// -- listeners ------------------------------------------------------------

std::optional<std::string> refuse_listener(const spec::listen_address& a, bool has_token,
                                           bool has_tls, bool insecure) {
  if (a.is_loopback() || insecure || (has_token && has_tls)) return {};
  return fmt::format(
      "the API on {} can be reached from elsewhere, and needs {}; or an "
      "address such as 127.0.0.1:{}; or insecure: true",
      a.text(),
      has_token ? "a certificate (listen.apiTls)"
      : has_tls ? "a token (auth.tokens or --token-file)"
                : "a token (auth.tokens or --token-file) and a certificate "
                  "(listen.apiTls)",
      a.port);
}

std::optional<std::string> warn_of_listener(const spec::listen_address& a, bool has_token,
                                            bool has_tls, bool insecure) {
  if (!refuse_listener(a, has_token, has_tls, false) || !insecure) return {};
  return fmt::format(
      "INSECURE: the API on {} can be reached from elsewhere {}", a.text(),
      has_token ? "without TLS: whoever sees the traffic has the token, and may change "
                  "every target and read what this process can read"
                : "without a token: whoever reaches it may change every target, and have "
                  "every variable and file that this process can read sent anywhere");
}

// -- requests -------------------------------------------------------------

access_control::access_control(tokens t, reach r, std::vector<std::string> open)
    : tokens_(std::move(t)), reach_(r), open_(std::move(open)) {}

access_answer access_control::check(const net::server_request& r, string_view remote,
                                    steady_time now) {
  if (auto no = refuse_foreign_page(r, reach_)) return refused{std::move(*no), {}};
  const auto from = remote.empty() ? std::string{"local"} : printable(remote, 80);
  if (!tokens_.any()) return admitted{from, api_access::write};
  if (is_safe(r.method) && std::ranges::find(open_, r.path) != open_.end())
    return admitted{from, api_access::read};
  return check_token(r, remote, now);
}

access_answer access_control::check_token(const net::server_request& r,
                                          string_view remote, steady_time now) {
  const auto header = r.header("Authorization");
  const auto given = parse_credentials(header.value_or(""));
  if (!given.bearer)
    return refused{
        challenge(401, {}, "a token is needed: send 'Authorization: Bearer TOKEN'"), {}};
  if (given.token.empty())
    return refused{challenge(400, "invalid_request",
                             "the Authorization header is malformed; accepted: 'Bearer' "
                             "and one token, once"),
                   {}};
  const auto* holder = tokens_.find(given.token);
  const auto origin = login_origin(remote);
  const auto wait = failed_.locked(origin, now);
  // Who has the right token gets in, although others at the same address try wrong ones:
  // behind one proxy all are one address, and a script with an old token would lock out
  // who comes to mend it. That helps nobody to guess, unless the token is a short one.
  if (holder && !(wait && holder->guessable)) {
    if (holder->access == api_access::read && !is_safe(r.method))
      return refused{challenge(403, "insufficient_scope",
                               fmt::format("the token '{}' may read only",
                                           printable(holder->name, 80))),
                     {}};
    return admitted{holder->name, holder->access};
  }
  if (wait) return refused{too_many(*wait), {}};
  const int failures = failed_.add(origin, now);
  std::string line;
  if (failures == 1)
    line = fmt::format("a wrong token was sent to the API from {}", origin);
  if (failures == bounds::api_logins_failed_max)
    line = fmt::format(
        "{} wrong tokens were sent to the API from {} within {}: the next "
        "are answered 429",
        failures, origin, to_string(bounds::api_logins_period));
  return refused{challenge(401, "invalid_token", "the token is not known here"),
                 std::move(line)};
}

}  // namespace scaleit::api
