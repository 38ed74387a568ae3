#include "spec/drop_in.hpp"

#include "messages/duration.hpp"
#include "messages/text.hpp"
#include "net/url.hpp"
#include "spec/input_error.hpp"
#include "spec/problems.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

namespace scaleit::spec {

namespace {

[[noreturn]] void reject(const environment& env, const char* name, std::string_view value,
                         std::string_view accepted) {
  throw input_error{fmt::format("{}='{}'{} is not valid; accepted: {}", name,
                                printable(value, 80), env.origin(name), accepted)};
}

std::string value_or(const environment& env, const char* name, const char* fallback) {
  const auto* value = env.find(name);
  return std::string{value ? trimmed(*value) : fallback};
}

double positive(const environment& env, const char* name, const char* fallback,
                bool zero_too) {
  const auto text = value_or(env, name, fallback);
  const bool plus = text.starts_with('+') && !text.starts_with("+-");
  const auto d = finite_number(std::string_view{text}.substr(plus ? 1 : 0));
  if (!d || *d < 0 || (*d == 0 && !zero_too))
    reject(env, name, text,
           zero_too ? "a number, at least 0, such as 0.10"
                    : "a number above 0, such as 0.80");
  return *d;
}

/// `http://host:port`, without a trailing slash.
std::string base_url(const environment& env) {
  constexpr const char* url_name = "APP_SERVICE_URL";
  constexpr const char* port_name = "APP_SERVICE_PORT";
  auto url = value_or(env, url_name, "http://localhost");
  const auto port_text = value_or(env, port_name, "8123");

  unsigned port = 0;
  const auto [end, error] =
      std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (error != std::errc{} || end != port_text.data() + port_text.size() || port < 1 ||
      port > 65535)
    reject(env, port_name, port_text,
           port_text.starts_with("tcp://")
               ? "a port from 1 to 65535; this one is set by Kubernetes for a Service "
                 "that is named app-service: set it, or enableServiceLinks: false"
               : "a port from 1 to 65535");

  constexpr const char* accepted =
      "a scheme and a host, such as http://localhost or https://app.example; the port "
      "goes into "
      "APP_SERVICE_PORT";
  // Refused before anything is printed: what stands before an @ may be a password.
  if (url.find('@') != std::string::npos)
    throw input_error{fmt::format("{}{} holds a user name or an @; accepted: {}",
                                  url_name, env.origin(url_name), accepted)};
  // As may what stands in a query or behind a #.
  const auto behind = url.find_first_of("?#");
  const auto shown = url.substr(0, behind);
  if (behind != std::string::npos)
    throw input_error{fmt::format("{}{} holds a '{}' behind '{}'; accepted: {}", url_name,
                                  env.origin(url_name), url[behind],
                                  printable(trimmed(shown), 80), accepted)};
  const auto scheme = url.find("://");
  if (scheme == std::string::npos) reject(env, url_name, shown, accepted);
  while (url.size() > scheme + 3 && url.ends_with('/')) url.pop_back();
  const auto authority = url.substr(scheme + 3);
  const auto colon = authority.rfind(':');
  const bool has_port =
      colon != std::string::npos && authority.find(']', colon) == std::string::npos;
  if (authority.empty() || has_port ||
      authority.find_first_of("/?#") != std::string::npos)
    reject(env, url_name, shown, accepted);
  auto base = fmt::format("{}:{}", url, port);
  try {
    net::parse_url(base + "/");
  } catch (const std::invalid_argument&) {
    reject(env, url_name, shown, accepted);
  }
  return base;
}

std::chrono::milliseconds interval(const environment& env) {
  constexpr const char* name = "SCALE_RESOLUTION_TIME";
  const auto text = value_or(env, name, "5");
  const auto d = parse_duration(text);
  if (!d || *d < bounds::interval_min || *d > bounds::interval_max)
    reject(env, name, text, "seconds or a duration such as 1m30s, from 0.1s to 1h");
  return std::chrono::round<std::chrono::milliseconds>(*d);
}

/// Variables that were probably meant for us, and are not read.
std::vector<std::string> misspelt_variables(const environment& env) {
  const std::vector<std::string_view> ours{drop_in_variables.begin(),
                                           drop_in_variables.end()};
  std::vector<std::string> told;
  for (const auto name : env.names()) {
    if (std::ranges::find(ours, name) != ours.end()) continue;
    const auto meant = near_miss(name, ours);
    // One that is set, too, is the one that counts.
    if (!meant.empty() && env.find(std::string{meant}) == nullptr)
      told.push_back(fmt::format("{}{} is not read; did you mean {}?",
                                 printable(name, 80), env.origin(std::string{name}),
                                 meant));
  }
  return told;
}

}  // namespace

log_level read_log_level(const environment& env) {
  constexpr const char* name = "LOG_LEVEL";
  const auto text = value_or(env, name, "INFO");
  std::string upper = text;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (upper == "DEBUG") return log_level::debug;
  if (upper == "INFO") return log_level::info;
  if (upper == "WARNING" || upper == "WARN") return log_level::warning;
  if (upper == "ERROR" || upper == "CRITICAL") return log_level::error;
  reject(env, name, text, "DEBUG, INFO, WARNING or ERROR");
}

drop_in_settings read_drop_in(const environment& env) {
  drop_in_settings s;
  s.level = read_log_level(env);
  const auto base = base_url(env);
  const double target = positive(env, "SCALE_METRIC", "0.80", false);
  // The variable is absolute, a spec's tolerance is a ratio: |m - t| <= a is |m/t - 1| <=
  // a/t.
  const double tolerance = positive(env, "SCALE_TOLERANCE", "0.10", true) / target;

  s.target.name = "app";
  s.target.interval = interval(env);
  // A slow application is not a dead one: an answer may take as long as the interval.
  s.target.status.timeout = std::clamp<std::chrono::milliseconds>(
      s.target.interval, bounds::drop_in_timeout_min, bounds::drop_in_timeout_max);
  s.target.scale.timeout = s.target.status.timeout;
  s.target.status.url = base + "/app/status";
  s.target.metrics = {{"cpu", "/cpu/highPriority", metric_type::value, target}};
  s.target.scale.url = base + "/app/replicas";
  // As with the program it takes the place of, so that an application with a single
  // thread has that for others between the polls.
  s.target.status.keep_alive = false;
  s.target.max_replicas = bounds::replicas_max;
  s.target.tolerance = {tolerance, tolerance};
  s.target.behavior = immediate_behavior();
  if (tolerance >= 1)
    s.warnings.emplace_back(
        "SCALE_TOLERANCE is as large as SCALE_METRIC: nothing is ever scaled in; it is "
        "a distance in the metric's own unit, such as 0.10");
  for (auto& w : misspelt_variables(env)) s.warnings.push_back(std::move(w));
  return s;
}

}  // namespace scaleit::spec
