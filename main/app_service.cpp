#include "main/app_service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace scaleit::main {

namespace {

using net::server_response;
using simulation::fault_kind;

constexpr std::string_view json_type = "application/json";

/// Problem details (RFC 9457). `detail` is ours and needs no escapes.
server_response problem(int status, std::string_view title, std::string_view detail) {
  return {.status = status,
          .content_type = "application/problem+json",
          .body = fmt::format(
              R"({{"type":"about:blank","title":"{}","status":{},"detail":"{}"}})", title,
              status, detail),
          .headers = {}};
}

server_response not_found() {
  return problem(404, "Not Found", "there is nothing at this path");
}

/// RFC 9110, 15.5.6: the answer names the methods that are allowed.
server_response not_allowed(std::string allow) {
  auto r = problem(405, "Method Not Allowed", fmt::format("allowed: {}", allow));
  r.headers.push_back({"Allow", std::move(allow)});
  return r;
}

/// What the application has done and cannot tell about comes out as a fault of
/// the answer; a status error comes before anything was done.
std::optional<server_response> refuse(fault_kind k) {
  switch (k) {
    case fault_kind::status_500:
      return problem(500, "Internal Server Error", "planned by the error rate");
    case fault_kind::status_503:
      return problem(503, "Service Unavailable", "planned by the error rate");
    case fault_kind::reset:
      return server_response{};
    default:
      return std::nullopt;
  }
}

}  // namespace

app_service::app_service(const app_service_settings& settings, observer on_change)
    : many_(settings.count > 0), on_change_(std::move(on_change)) {
  const auto count = std::max<std::size_t>(settings.count, 1);
  apps_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto world = simulation::one_of_many(settings.world, i);
    const auto seed = world.seed;
    apps_.push_back({simulation::application{std::move(world)},
                     simulation::fault_plan{settings.error_rate, seed}});
  }
}

app_reply app_service::handle(const net::server_request& request, microseconds now) {
  const auto at = find(request.path);
  if (!at) return {not_found(), {}};
  const auto fault = apps_[at->app].faults.next();
  if (auto refused = refuse(fault.kind)) return {std::move(*refused), fault};
  auto response = answer(*at, request, now);
  // Half of nothing would be a good answer, so there must be something to cut.
  if (fault.kind == fault_kind::half_body && response.body.empty())
    response = {.status = 200,
                .content_type = std::string{json_type},
                .body = request.body,
                .headers = {}};
  return {std::move(response), fault};
}

std::optional<app_service::place> app_service::find(std::string_view path) const {
  place at;
  if (many_) {
    constexpr std::string_view apps = "/apps/";
    if (!path.starts_with(apps)) return std::nullopt;
    path.remove_prefix(apps.size());
    const auto [end, error] =
        std::from_chars(path.data(), path.data() + path.size(), at.app);
    const auto digits = static_cast<std::size_t>(end - path.data());
    // One path per application: no leading zeros.
    if (error != std::errc{} || at.app >= apps_.size() || (digits > 1 && path[0] == '0'))
      return std::nullopt;
    path.remove_prefix(digits);
  }
  constexpr std::string_view app = "/app/";
  if (!path.starts_with(app)) return std::nullopt;
  at.endpoint = path.substr(app.size());
  if (at.endpoint != "status" && at.endpoint != "replicas") return std::nullopt;
  return at;
}

server_response app_service::answer(place at, const net::server_request& request,
                                    microseconds now) {
  auto& world = apps_[at.app].world;
  advance(at.app, now);
  if (at.endpoint == "status") {
    if (request.method != "GET" && request.method != "HEAD")
      return not_allowed("GET, HEAD");
    return {.status = 200,
            .content_type = std::string{json_type},
            .body = status_document(world.utilisation(now), world.replicas()),
            .headers = {}};
  }
  if (request.method != "PUT") return not_allowed("PUT");
  const auto wish = parse_replicas(request.body);
  if (const auto* why = std::get_if<std::string>(&wish))
    return problem(400, "Bad Request", *why);
  world.set_replicas(std::get<int>(wish), now);
  advance(at.app, now);
  return {.status = 204, .content_type = {}, .body = {}, .headers = {}};
}

void app_service::advance(std::size_t app, microseconds now) {
  auto& world = apps_[app].world;
  while (const auto change = world.advance(now))
    if (on_change_) on_change_(app, *change, world.load(now));
}

std::string status_document(double utilisation, int replicas) {
  constexpr double hundredths_max = 1e15;
  const auto hundredths = static_cast<long long>(
      std::llround(std::clamp(utilisation * 100, 0.0, hundredths_max)));
  std::string out;
  out.reserve(64);
  const auto to = std::back_inserter(out);
  fmt::format_to(to, R"({{"cpu":{{"highPriority":{}.)", hundredths / 100);
  const auto cents = hundredths % 100;
  if (cents % 10 == 0)
    fmt::format_to(to, "{}", cents / 10);
  else
    fmt::format_to(to, "{:02}", cents);
  fmt::format_to(to, R"(}},"replicas":{}}})", replicas);
  return out;
}

}  // namespace scaleit::main
