// Metrics from URLs of their own, under virtual time: one function plays the application
// and every other server.
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/virtual_loop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

using namespace scaleit;
using namespace scaleit::test;

namespace {

metric_spec metric(std::string name, std::string url, std::string pointer = "/value") {
  metric_spec m{std::move(name), std::move(pointer), metric_type::average_value, 30};
  m.url = std::move(url);
  return m;
}

/// cpu from the status, queue and errors each from a server of its own.
target_spec two_sources() {
  auto spec = app_spec();
  spec.metrics.push_back(metric("queue", "http://queue/v"));
  spec.metrics.push_back(metric("errors", "http://errors/v"));
  return spec;
}

reply status(std::chrono::microseconds after = 1ms) {
  return answers(200, R"({"cpu":{"highPriority":0.8},"replicas":10})", after);
}

reply value(double v, std::chrono::microseconds after = 1ms) {
  return answers(200, fmt::format(R"({{"value":"{}"}})", v), after);
}

bool is_of(const net::http_request& r, std::string_view host) {
  return r.url.starts_with("http://" + std::string{host} + "/");
}

const missing_metric* missing(const status_observed& x, std::string_view name) {
  const auto& all = x.seen.missing;
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& m) { return m.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("whatever the order of the answers, one poll is one observation") {
  std::array<int, 3> after{1, 2, 3};
  do {
    CAPTURE(after);
    virtual_loop h;
    std::vector<std::chrono::milliseconds> asked;
    h.client.app = [&](const net::http_request& r) {
      asked.push_back(h.elapsed());
      if (is_of(r, "queue")) return value(42, after[1] * 100ms);
      if (is_of(r, "errors")) return value(7, after[2] * 100ms);
      return r.method == net::verb::get ? status(after[0] * 100ms) : answers(204);
    };
    h.control.add(shared(two_sources()));
    h.advance(299ms);
    CHECK(asked == std::vector<std::chrono::milliseconds>(3, 0ms));
    CHECK(h.all<status_observed>().empty());
    h.advance(2s);
    REQUIRE(h.all<status_observed>().size() == 1);
    const auto& seen = h.all<status_observed>().at(0)->seen;
    CHECK(seen.metrics ==
          std::vector<metric_sample>{{"cpu", 0.8}, {"queue", 42}, {"errors", 7}});
    CHECK(seen.missing.empty());
    CHECK(seen.took == 300ms);
    CHECK(h.all<decision_made>().size() == 1);
  } while (std::next_permutation(after.begin(), after.end()));
}

TEST_CASE("a source that hangs costs its deadline, and only its metric") {
  virtual_loop h;
  h.client.app = [&](const net::http_request& r) {
    if (is_of(r, "queue")) return hangs();
    return is_of(r, "errors") ? value(7) : status();
  };
  auto spec = two_sources();
  spec.metrics[1].timeout = 700ms;
  h.control.add(shared(spec));
  h.advance(4s);
  REQUIRE(h.all<status_observed>().size() == 1);
  const auto& x = *h.all<status_observed>().at(0);
  CHECK(x.seen.took == 700ms);
  CHECK(x.seen.find("errors") != nullptr);
  REQUIRE(missing(x, "queue"));
  CHECK(missing(x, "queue")->failed == failure_kind::timeout);
  CHECK(missing(x, "queue")->why == "timeout: as the test asks");
  CHECK(h.all<status_failed>().empty());
}

TEST_CASE("a tick while a source is still out is late, not a second poll") {
  virtual_loop h;
  int asked = 0;
  h.client.app = [&](const net::http_request& r) {
    if (!is_of(r, "queue")) return is_of(r, "errors") ? value(7) : status();
    return ++asked == 1 ? value(42, 11s) : value(42);
  };
  auto spec = two_sources();
  spec.metrics[1].timeout = 20s;
  h.control.add(shared(spec));
  h.advance(14s);
  CHECK(asked == 1);
  REQUIRE(h.all<status_observed>().size() == 1);
  CHECK(h.all<status_observed>().at(0)->ticks_skipped == 2);
  h.advance(2s);
  CHECK(asked == 2);
}

TEST_CASE("a failed status is a failed poll at once, whatever the sources say") {
  virtual_loop h;
  int polls = 0;
  h.client.app = [&](const net::http_request& r) {
    if (is_of(r, "queue")) return value(42, 6s);
    if (is_of(r, "errors")) return value(7);
    ++polls;
    return polls == 1 ? answers(500) : status();
  };
  auto spec = two_sources();
  spec.metrics[1].timeout = 20s;
  h.control.add(shared(spec));
  h.advance(4s);
  REQUIRE(h.all<status_failed>().size() == 1);
  CHECK(h.all<status_failed>().at(0)->what.http_status == 500);
  CHECK(h.all<status_failed>().at(0)->what.took == 1ms);
  h.advance(5s);  // the tick at 5 s finds the queue's request still out
  CHECK(polls == 1);
  CHECK(h.all<status_observed>().empty());
  h.advance(8s);
  CHECK(polls == 2);
  CHECK(h.all<status_failed>().size() == 1);
  REQUIRE(h.all<status_observed>().size() == 1);
  CHECK(h.all<status_observed>().at(0)->ticks_skipped == 2);  // those of 5 s and 15 s
  CHECK(h.all<status_observed>().at(0)->seen.metrics.size() == 3);
}

TEST_CASE("metrics with the same URL share one request") {
  virtual_loop h;
  std::map<std::string, int> asked;
  std::vector<header> headers;
  h.client.app = [&](const net::http_request& r) {
    ++asked[r.url];
    if (!is_of(r, "both")) return status();
    if (!r.headers.empty()) headers = r.headers;
    return answers(200, R"({"a":1,"b":2})");
  };
  auto spec = app_spec();
  spec.metrics.push_back(metric("a", "http://both/v", "/a"));
  spec.metrics.push_back(metric("b", "http://both/v", "/b"));
  spec.metrics.push_back(metric("c", "http://both/v", "/c"));
  spec.metrics.push_back(metric("again", "http://both/v", "/a"));
  spec.metrics.back().headers = {{"Authorization", "Bearer x"}};
  h.control.add(shared(spec));
  h.advance(1s);
  CHECK(asked["http://both/v"] == 2);
  CHECK(headers == spec.metrics.back().headers);
  const auto& x = *h.all<status_observed>().at(0);
  CHECK(x.seen.find("a")->value == 1);
  CHECK(x.seen.find("b")->value == 2);
  CHECK(x.seen.find("again")->value == 1);
  REQUIRE(missing(x, "c"));
  CHECK(missing(x, "c")->why == "/c is absent; accepted: a finite number, at least 0");
  CHECK_FALSE(missing(x, "c")->failed);
}

TEST_CASE("a metric that is missing holds back a scale-in, and does not scale to zero") {
  virtual_loop h;
  bool there = true;
  std::vector<std::string> puts;
  h.client.app = [&](const net::http_request& r) {
    if (r.method != net::verb::get) {
      puts.push_back(r.body);
      return answers(204);
    }
    if (is_of(r, "queue")) return there ? value(300) : answers(200, R"({"value":"NaN"})");
    return answers(200, R"({"cpu":{"highPriority":0.2},"replicas":10})");
  };
  auto spec = app_spec();
  spec.metrics.push_back(metric("queue", "http://queue/v"));
  h.control.add(shared(spec));
  h.advance(11s);  // queue says 10
  CHECK(puts.empty());
  there = false;  // cpu alone would say 3
  h.advance(30s);
  CHECK(puts.empty());
  CHECK(h.all<decision_made>().back()->made.desired == 10);
}

TEST_CASE("a poller that crashes cancels all its requests, and the next one polls anew") {
  for (const auto when : {actors::strike::before, actors::strike::after})
    for (int nth = 1; nth <= 12; ++nth) {
      CAPTURE(nth, when == actors::strike::before);
      int handled = 0;
      std::size_t in_flight_most = 0;
      virtual_loop h{actors::chaos{[&](std::string_view who) {
        return who == "poller" && ++handled == nth ? when : actors::strike::none;
      }}};
      h.client.app = [&](const net::http_request& r) {
        in_flight_most = std::max(in_flight_most, h.client.in_flight() + 1);
        if (is_of(r, "queue")) return value(42, 300ms);
        return is_of(r, "errors") ? value(7, 100ms) : status(200ms);
      };
      h.control.add(shared(two_sources()));
      h.advance(21s);
      REQUIRE(in_flight_most == 3);
      REQUIRE(h.all<actor_crashed>().size() == 1);
      REQUIRE(h.all<status_observed>().size() >= 4);
      for (const auto* x : h.all<status_observed>()) {
        REQUIRE(x->seen.metrics.size() == 3);
        REQUIRE(x->seen.missing.empty());
      }
    }
}

TEST_CASE("a reader that nobody uses any more leaves nothing behind") {
  actors::reader_cache cache;
  auto spec = two_sources();
  const std::vector<const metric_spec*> metrics{&spec.metrics.front()};
  auto one = cache.of(spec);
  auto other = cache.of(metrics);
  CHECK(cache.of(spec) == one);
  CHECK(cache.size() == 2);
  other.reset();
  CHECK(cache.size() == 1);
  one.reset();
  CHECK(cache.size() == 0);
  for (int i = 0; i < 1000; ++i) {
    spec.status.replicas = "/r" + std::to_string(i);
    cache.of(spec);
  }
  CHECK(cache.size() == 0);
}
