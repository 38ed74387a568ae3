#include "main/watch.hpp"

#include <string>
#include <system_error>
#include <utility>

namespace scaleit::main {

namespace {

net::server_options server_options_for(const spec::listen_address& at,
                                       std::size_t connections_max) {
  net::server_options o;
  o.address = at.address;
  o.port = at.port;
  o.connections_max = connections_max;
  return o;
}

net::server_response plain(int status, std::string body) {
  return {status, "text/plain; charset=utf-8", std::move(body), {}};
}

std::int64_t now() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

}  // namespace

watch::watch(net::event_loop& loop, const spec::listen_address& at,
             std::size_t connections_max, telemetry::families& metrics,
             const telemetry::health& health, signal_handlers handlers)
    : loop_(loop),
      scrapes_(loop, metrics),
      health_(health),
      signals_(loop_.io(), std::move(handlers)),
      server_(listen(at, connections_max)),
      work_(loop_.io().get_executor()) {}

std::unique_ptr<net::http_server> watch::listen(const spec::listen_address& at,
                                                std::size_t connections_max) {
  try {
    return std::make_unique<net::http_server>(
        loop_, server_options_for(at, connections_max), routes());
  } catch (const std::system_error& e) {
    throw cannot_listen{at.text() + ": " + e.code().message() +
                        "; --metrics-listen or SCALEIT_METRICS_LISTEN choose another"};
  }
}

watch::~watch() {
  work_.reset();
  loop_.io().stop();
  if (thread_.joinable()) thread_.join();
}

void watch::start() {
  thread_ = std::thread{[this] { loop_.io().run(); }};
}

// -- HTTP -----------------------------------------------------------------

net::router watch::routes() {
  const auto metrics = [this](net::routed_request&& r, net::responder answer) {
    scrapes_.answer(r.header("Accept").value_or(""), std::move(answer));
  };
  net::router all;
  all.otherwise("not here; try /metrics, /healthz or /readyz");
  all.on("GET", "/metrics", metrics).on("GET", "/", metrics);
  all.on("GET", "/healthz", [](net::routed_request&&, net::responder answer) {
    answer.send(plain(200, "ok\n"));
  });
  all.on("GET", "/readyz", [this](net::routed_request&&, net::responder answer) {
    answer.send(readiness());
  });
  return all;
}

net::server_response watch::readiness() const {
  const auto complaints = health_.complaints(now());
  if (complaints.empty()) return plain(200, "ready\n");
  std::string text;
  for (const auto& c : complaints) text += c + "\n";
  return plain(503, std::move(text));
}

}  // namespace scaleit::main
