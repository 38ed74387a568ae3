// A client on a loop that turns only while a test waits for something.
#pragma once

#include "net/client.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/unruly_server.hpp"

#include <boost/asio/executor_work_guard.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace scaleit::test {

using namespace std::chrono_literals;
using net::http_request;
using net::http_response;
using net::verb;

struct client_fixture {
  net::event_loop loop;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard{
      loop.io().get_executor()};
  std::optional<net::pooled_client> client;

  explicit client_fixture(net::client_options options = {}) {
    client.emplace(loop, std::move(options));
  }

  /// Turns the loop until `is_true`, 30 s at most: a busy machine takes its time.
  template <class Predicate>
  bool until(Predicate is_true) {
    const auto end = std::chrono::steady_clock::now() + 30s;
    while (!is_true()) {
      if (std::chrono::steady_clock::now() > end) return false;
      loop.io().run_one_for(20ms);
    }
    return true;
  }

  http_response send(const http_request& r) {
    std::optional<http_response> got;
    client->submit(net::prepare(r), [&](http_response&& x) {
      CHECK_FALSE(got);
      got = std::move(x);
    });
    CHECK_FALSE(got);
    REQUIRE(until([&] { return got.has_value(); }));
    return std::move(*got);
  }

  http_response get(const std::string& url, std::chrono::milliseconds timeout = 2s) {
    http_request r;
    r.url = url;
    r.timeout = timeout;
    return send(r);
  }

  http_response put(const std::string& url, const std::string& body = R"({"replicas":3})",
                    std::chrono::milliseconds timeout = 2s) {
    http_request r;
    r.method = verb::put;
    r.url = url;
    r.content_type = "application/json";
    r.body = body;
    r.timeout = timeout;
    return send(r);
  }
};

inline void check_failed(const http_response& r, failure_kind kind,
                         const std::string& part) {
  REQUIRE(r.error);
  CHECK(to_string(r.error->kind) == to_string(kind));
  CHECK_THAT(r.error->detail, ContainsSubstring(part));
  CHECK(r.error->detail.size() <= bounds::detail_bytes_max);
}

inline void check_ok(const http_response& r, const std::string& body, int status = 200) {
  INFO((r.error ? r.error->detail : std::string{}));
  REQUIRE_FALSE(r.error);
  CHECK(r.status == status);
  CHECK(r.body == body);
}

}  // namespace scaleit::test
