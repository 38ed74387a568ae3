#include "main/app_command.hpp"

#include "main/app_service.hpp"
#include "main/streams.hpp"
#include "messages/bounds.hpp"
#include "messages/duration.hpp"
#include "messages/text.hpp"
#include "net/server.hpp"
#include "simulation/text.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <sys/resource.h>
#include <system_error>

namespace scaleit::main {

namespace {

using simulation::fault_kind;

constexpr int exit_usage = 2, exit_failure = 3;

int fail(int code, std::string_view what) {
  put_error(fmt::format("scaleit app: {}", what));
  return code;
}

/// A line for people. It serves on when nobody can be told.
void say(std::string_view line) {
  try {
    put(fmt::format("{}\n", line));
  } catch (const output_error&) {
  }
}

simulation::trace open_trace(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in)
    throw std::invalid_argument(fmt::format("{}: {}", printable(file, 80),
                                            std::generic_category().message(errno)));
  return simulation::read_trace(in, file);
}

/// Throws std::invalid_argument with a sentence that names the option.
app_service_settings to_settings(const app_options& o) {
  in6_addr address{};  // large enough for either family
  if (inet_pton(AF_INET, o.listen.c_str(), &address) != 1 &&
      inet_pton(AF_INET6, o.listen.c_str(), &address) != 1)
    throw std::invalid_argument(
        fmt::format("--listen is {}; accepted: an IPv4 or IPv6 address such as 0.0.0.0",
                    simulation::quoted(o.listen)));
  const auto startup = parse_duration(o.startup);
  if (!startup || *startup > bounds::sample_startup_max)
    throw std::invalid_argument(
        fmt::format("--startup is {}; accepted: a duration from 0s to 1h, such as 1m30s",
                    simulation::quoted(o.startup)));
  app_service_settings s;
  try {
    s.world.load = std::make_shared<const simulation::load_shape>(
        simulation::parse_load_shape(o.load, open_trace));
  } catch (const std::invalid_argument& e) {
    throw std::invalid_argument(fmt::format("--load: {}", e.what()));
  }
  s.world.replicas = o.replicas;
  s.world.capacity = o.capacity;
  s.world.startup = *startup;
  s.world.seed = o.seed;
  s.error_rate = o.error_rate;
  s.count = o.count;
  return s;
}

/// All the descriptors there are, but for a few of our own.
std::size_t connections_max() {
  constexpr auto own = bounds::sample_own_descriptors;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return bounds::server_connections_max;
  const auto descriptors =
      std::min<std::size_t>(limit.rlim_cur, bounds::sample_descriptors_max);
  return descriptors > 2 * own ? descriptors - own : own;
}

/// The service on a real clock and a real socket.
class app_host {
 public:
  app_host(net::event_loop& loop, const app_options& o, const app_service_settings& s)
      : loop_(loop),
        service_(s,
                 [many = s.count > 0](std::size_t app, const auto& change, double load) {
                   const auto prefix =
                       many ? fmt::format("app {}: ", app) : std::string{};
                   say(fmt::format("{}replicas {} -> {}, load {:.1f}", prefix,
                                   change.from, change.to, load));
                 }),
        server_(loop, options(o),
                [this](net::server_request&& request, net::responder r) {
                  serve(request, std::move(r));
                }) {}

  std::uint16_t port() const { return server_.port(); }

 private:
  static net::server_options options(const app_options& o) {
    net::server_options s;
    s.address = o.listen;
    s.port = o.port;
    s.connections_max = connections_max();
    return s;
  }

  void serve(const net::server_request& request, net::responder r) {
    auto reply =
        service_.handle(request, std::chrono::duration_cast<microseconds>(
                                     std::chrono::steady_clock::now() - started_));
    switch (reply.fault.kind) {
      case fault_kind::reset:
        return r.reset();
      case fault_kind::stall:
        return stall(std::move(reply), std::move(r));
      case fault_kind::half_body: {
        const auto half = reply.response.body.size() / 2;
        return r.send_cut(std::move(reply.response), half);
      }
      default:
        return r.send(std::move(reply.response));
    }
  }

  void stall(app_reply reply, net::responder r) {
    auto timer = std::make_unique<net::asio::steady_timer>(loop_.io(), reply.fault.stall);
    auto& t = *timer;
    t.async_wait(
        [timer = std::move(timer), response = std::move(reply.response),
         r = std::move(r)](const auto&) mutable { r.send(std::move(response)); });
  }

  net::event_loop& loop_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  app_service service_;
  net::http_server server_;
};

std::string welcome(const app_options& o, std::uint16_t port) {
  const auto host =
      o.listen.find(':') == std::string::npos ? o.listen : "[" + o.listen + "]";
  const auto path = o.count == 0 ? std::string{"/app/status"}
                    : o.count == 1
                        ? std::string{"/apps/0/app/status"}
                        : fmt::format("/apps/<0 to {}>/app/status", o.count - 1);
  return fmt::format(
      "sample application at http://{}:{}{}, load {}, error rate {}, seed {}", host, port,
      path, printable(o.load, 80), o.error_rate, o.seed);
}

int serve(const app_options& o, const app_service_settings& settings) {
  net::event_loop loop;
  net::asio::signal_set signals{loop.io(), SIGINT, SIGTERM};
  signals.async_wait([&loop](const auto&, int) { loop.io().stop(); });
  std::unique_ptr<app_host> host;
  try {
    host = std::make_unique<app_host>(loop, o, settings);
  } catch (const std::system_error& e) {
    if (e.code() == std::errc::address_in_use)
      return fail(exit_failure,
                  fmt::format("port {} on {} is already in use", o.port, o.listen));
    return fail(exit_failure, e.what());
  }
  say(welcome(o, host->port()));
  loop.io().run();
  return 0;
}

}  // namespace

CLI::App* add_app_command(CLI::App& root, app_options& o) {
  auto* app = root.add_subcommand("app", "Serves the sample application, to be scaled");
  app->add_option("--port", o.port, "Port to listen on; 0: any free one")
      ->capture_default_str();
  app->add_option("--listen", o.listen, "Address to listen on; 0.0.0.0: all of IPv4")
      ->capture_default_str();
  app->add_option("--load", o.load,
                  "Load: flat, sine, steps, spikes (with parameters, such as "
                  "sine:mean=14,amplitude=3.5,period=10m) or trace:FILE")
      ->capture_default_str();
  app->add_option(
         "--error-rate", o.error_rate,
         "Share of requests that fail, in turn as 500, 503, a reset, a stall, half a "
         "body")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app->add_option("--startup", o.startup, "Time from a PUT to its effect, such as 1m30s")
      ->capture_default_str();
  app->add_option("--seed", o.seed,
                  "Seed of noise and faults; the same seed, the same world")
      ->check(CLI::Validator{[](std::string& given) -> std::string {
                               // -1 would be taken for the largest number
                               if (given.find('-') == std::string::npos) return {};
                               return "'" + given +
                                      "' is not valid; accepted: a whole "
                                      "number, at least 0";
                             },
                             ""})
      ->capture_default_str();
  app->add_option("--count", o.count, "Serve that many under /apps/<i>/app/..., i from 0")
      ->check(CLI::Range(std::size_t{1}, bounds::targets_max));
  app->add_option("--replicas", o.replicas, "Replicas at the start")
      ->check(CLI::Range(1, bounds::sample_replicas_max))
      ->capture_default_str();
  app->add_option("--capacity", o.capacity,
                  "Requests per second at which one replica's metric is 1.0")
      ->check(CLI::Range(1e-6, bounds::load_max))
      ->capture_default_str();
  return app;
}

int run_app(const app_options& options) {
  try {
    return serve(options, to_settings(options));
  } catch (const std::invalid_argument& e) {
    return fail(exit_usage, e.what());
  }
}

}  // namespace scaleit::main
