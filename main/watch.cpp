#include "main/watch.hpp"

#include "main/exit_code.hpp"
#include "main/logging.hpp"
#include "main/signals.hpp"
#include "messages/bounds.hpp"
#include "spec/input_error.hpp"

#include <csignal>
#include <cstdlib>
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

watch::watch(const spec::listen_address& at, std::size_t connections_max,
             telemetry::families& metrics, const telemetry::health& health,
             std::function<void(std::string)> on_stop)
    : scrapes_(loop_, metrics),
      health_(health),
      on_stop_(std::move(on_stop)),
      server_(listen(at, connections_max)),
      signals_(loop_.io()),
      deadline_(loop_.io()),
      work_(loop_.io().get_executor()) {
  for (const int s : {SIGTERM, SIGINT, SIGQUIT, SIGXCPU, SIGPWR, SIGHUP}) signals_.add(s);
  await_signal();
}

std::unique_ptr<net::http_server> watch::listen(const spec::listen_address& at,
                                                std::size_t connections_max) {
  try {
    return std::make_unique<net::http_server>(
        loop_, server_options_for(at, connections_max), routes());
  } catch (const std::system_error& e) {
    throw cannot_listen{e.code().message()};
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

// -- signals --------------------------------------------------------------

void watch::await_signal() {
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) return;
    on_signal(signal);
    await_signal();
  });
}

void watch::on_signal(int signal) {
  if (signal == SIGHUP) {
    // A terminal that is closed sends it, too: scaling goes on.
    log(log_level::info, "SIGHUP: nothing changes; settings are read at the start only");
    return;
  }
  const auto at = std::chrono::steady_clock::now();
  if (asked_by_ != 0) {
    // timeout(1) and some terminals signal the process and then its group, and a script
    // hands Ctrl-C on as a SIGTERM: that is one request. A second one means: at once.
    if (at - asked_ < bounds::signal_echo) return;
    std::_Exit(128 + signal);
  }
  asked_by_ = signal;
  asked_ = at;
  const auto name = signal_name(signal);
  log(log_level::info, name + ": stopping");
  // Whatever hangs, be it the loop itself or a reader of the log, the process ends.
  deadline_.expires_after(bounds::stop_deadline);
  deadline_.async_wait([](const boost::system::error_code& error) {
    if (!error) std::_Exit(exit_code::success);
  });
  on_stop_(name);
}

}  // namespace scaleit::main
