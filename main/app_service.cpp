#include "main/app_service.hpp"

#include "net/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace scaleit::main {

namespace {

using net::problem;
using net::server_response;
using simulation::fault_kind;

constexpr std::string_view json_type = "application/json";

/// What the application has done and cannot tell about comes out as a fault of
/// the answer; a status error comes before anything was done.
std::optional<server_response> refuse(fault_kind k) {
  switch (k) {
    case fault_kind::status_500:
      return problem(500, "planned by the error rate");
    case fault_kind::status_503:
      return problem(503, "planned by the error rate");
    case fault_kind::reset:
      return server_response{};
    default:
      return std::nullopt;
  }
}

}  // namespace

app_service::app_service(const app_service_settings& settings, observer on_change)
    : many_(settings.count > 0), on_change_(std::move(on_change)) {
  const std::string prefix = many_ ? "/apps/{app}" : "";
  status_ = routes_.add("GET", prefix + "/app/status");
  routes_.add("PUT", prefix + "/app/replicas");
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
  auto found = routes_.find(request);
  if (auto* refusal = std::get_if<server_response>(&found))
    return {std::move(*refusal), {}};
  const auto& at = std::get<net::route_match>(found);
  const auto app = app_of(at);
  if (!app) return {problem(404, "there is no such application"), {}};
  const auto fault = apps_[*app].faults.next();
  if (auto refused = refuse(fault.kind)) return {std::move(*refused), fault};
  auto response = answer(at, request, *app, now);
  // Half of nothing would be a good answer, so there must be something to cut.
  if (fault.kind == fault_kind::half_body && response.body.empty())
    response = {.status = 200,
                .content_type = std::string{json_type},
                .body = request.body,
                .headers = {}};
  return {std::move(response), fault};
}

std::optional<std::size_t> app_service::app_of(const net::route_match& at) const {
  if (!many_) return 0;
  const auto& text = at.segment("app");
  std::size_t app = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), app);
  // One path per application: no leading zeros.
  const bool plain =
      end == text.data() + text.size() && (text.size() == 1 || text[0] != '0');
  if (error != std::errc{} || !plain || app >= apps_.size()) return std::nullopt;
  return app;
}

server_response app_service::answer(const net::route_match& at,
                                    const net::server_request& request, std::size_t app,
                                    microseconds now) {
  auto& world = apps_[app].world;
  advance(app, now);
  if (at.route == status_)
    return {.status = 200,
            .content_type = std::string{json_type},
            .body = status_document(world.utilisation(now), world.replicas()),
            .headers = {}};
  const auto wish = parse_replicas(request.body);
  if (const auto* why = std::get_if<std::string>(&wish)) return problem(400, *why);
  world.set_replicas(std::get<int>(wish), now);
  advance(app, now);
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
