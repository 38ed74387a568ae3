// Looking up names without waiting for them, and racing what they lead to.
#include "net/resolver.hpp"

#include "net/connector.hpp"
#include "tests/net/client_fixture.hpp"

#include <boost/asio/post.hpp>

#include <atomic>
#include <future>
#include <thread>

using namespace scaleit;
using namespace scaleit::net;
using namespace scaleit::test;
using boost::asio::ip::make_address;

namespace {

/// Turns `io` until `is_true`, 5 s at most.
template <class Predicate>
bool turn(boost::asio::io_context& io, Predicate is_true) {
  const auto guard = boost::asio::make_work_guard(io);
  const auto end = std::chrono::steady_clock::now() + 5s;
  io.restart();
  while (!is_true() && std::chrono::steady_clock::now() < end) io.run_one_for(10ms);
  return is_true();
}

struct race_fixture {
  boost::asio::io_context io;
  deadline_wheel wheel{io};
  std::vector<resolved> answers;  ///< one per lookup, the last for all further ones
  std::atomic<std::size_t> lookups = 0;
  resolver names{io, [this](const std::string&) {
                   return answers.at(std::min(lookups++, answers.size() - 1));
                 }};

  connected connect(std::uint16_t port) {
    std::optional<connected> got;
    const auto c = std::make_shared<connector>(
        io, names, wheel, parse_url("http://app:" + std::to_string(port)), 2s);
    c->start([&](connected&& x) { got = std::move(x); });
    CHECK_FALSE(got);
    REQUIRE(turn(io, [&] { return got.has_value(); }));
    return std::move(*got);
  }
};

}  // namespace

TEST_CASE("lookups of one name are shared and their answer is kept for a while") {
  boost::asio::io_context io;
  std::atomic<int> lookups = 0;
  resolver names{io, [&](const std::string&) {
                   ++lookups;
                   return resolved{{make_address("127.0.0.1")}, {}};
                 }};
  int answers = 0;
  auto count = [&](const resolved& r) {
    CHECK(r.addresses.size() == 1);
    ++answers;
  };
  for (int i = 0; i < 10; ++i) names.resolve("a", count);
  REQUIRE(turn(io, [&] { return answers == 10; }));
  CHECK(lookups == 1);
  names.resolve("a", count);  // from the cache, at once
  CHECK(answers == 11);
  names.forget("a");
  names.resolve("a", count);
  REQUIRE(turn(io, [&] { return answers == 12; }));
  CHECK(lookups == 2);
}

TEST_CASE("a lookup that fails is not kept") {
  boost::asio::io_context io;
  std::atomic<int> lookups = 0;
  resolver names{io, [&](const std::string&) {
                   ++lookups;
                   return resolved{{}, "nothing there"};
                 }};
  int answers = 0;
  for (int i = 1; i <= 2; ++i) {
    names.resolve("a", [&](const resolved& r) { answers += r.error == "nothing there"; });
    REQUIRE(turn(io, [&] { return answers == i; }));
  }
  CHECK(lookups == 2);
}

TEST_CASE("localhost needs no system that knows it") {
  const std::vector loopback{make_address("127.0.0.1"), make_address("::1")};
  const resolved unknown{{}, "unknown"};
  for (const auto* host : {"localhost", "localhost.", "app.localhost", "a.b.localhost."})
    CHECK(or_loopback(host, unknown).addresses == loopback);
  for (const auto* host : {"", ".", "localhosts", "nolocalhost", "localhost.example"}) {
    CHECK(or_loopback(host, unknown).addresses.empty());
    CHECK(or_loopback(host, unknown).error == "unknown");
  }
  // What the system knows is believed.
  const resolved known{{make_address("127.0.0.2")}, {}};
  CHECK(or_loopback("localhost", known).addresses == known.addresses);
  for (const auto& a : system_lookup("localhost").addresses) CHECK(a.is_loopback());
  CHECK_FALSE(system_lookup("localhost").addresses.empty());
}

TEST_CASE("lookups run on a bounded number of threads") {
  boost::asio::io_context io;
  std::atomic<std::size_t> running = 0, most = 0;
  resolver names{io, [&](const std::string&) {
                   std::size_t now = ++running, seen = most;
                   while (seen < now && !most.compare_exchange_weak(seen, now)) {
                   }
                   std::this_thread::yield();
                   --running;
                   return resolved{{make_address("::1")}, {}};
                 }};
  int answers = 0;
  for (int i = 0; i < 200; ++i)
    names.resolve("host" + std::to_string(i), [&](const resolved&) { ++answers; });
  REQUIRE(turn(io, [&] { return answers == 200; }));
  CHECK(most >= 1);
  CHECK(most <= bounds::resolver_threads_max);
}

TEST_CASE("nobody waits for a lookup that hangs") {
  std::promise<void> release;
  const std::shared_future<void> gate = release.get_future().share();
  auto started = std::make_shared<std::atomic<int>>(0);
  auto finished = std::make_shared<std::atomic<int>>(0);
  auto wait_for_one = [](const std::atomic<int>& n) {
    const auto end = std::chrono::steady_clock::now() + 5s;
    while (n == 0 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    CHECK(n >= 1);
  };
  {
    boost::asio::io_context io;
    {
      resolver names{io, [=](const std::string&) {
                       ++*started;
                       gate.wait();
                       ++*finished;
                       return resolved{{make_address("::1")}, {}};
                     }};
      for (int i = 0; i < 20; ++i)
        names.resolve("host" + std::to_string(i), [](const resolved&) { FAIL(); });
      wait_for_one(*started);
      io.poll();
    }
    io.restart();
    io.poll();
  }
  release.set_value();  // loop and resolver are gone; the threads end by themselves
  wait_for_one(*finished);
}

TEST_CASE("the system's lookup knows localhost") {
  const auto r = system_lookup("localhost");
  REQUIRE_FALSE(r.addresses.empty());
  for (const auto& a : r.addresses) CHECK(a.is_loopback());
}

TEST_CASE("a dead address delays a connection by a quarter of a second only") {
  unruly_server server{[](peer& p) { p.wait_until_closed(); }};
  const deaf_listener deaf{"127.0.0.2", server.port()};
  race_fixture f;
  f.answers = {{{make_address("127.0.0.2"), make_address("127.0.0.1")}, {}}};
  const auto start = std::chrono::steady_clock::now();
  const auto c = f.connect(server.port());
  REQUIRE(c.socket);
  CHECK(address_text(c.socket->remote_endpoint()) == "127.0.0.1");
  const auto took = std::chrono::steady_clock::now() - start;
  CHECK(took >= 250ms);
  CHECK(took < 600ms);
}

TEST_CASE("a name with both families is reached by the one that is served") {
  unruly_server six{[](peer& p) { p.wait_until_closed(); }, "::1"};
  race_fixture f;
  f.answers = {{{make_address("127.0.0.1"), make_address("::1")}, {}}};
  const auto c = f.connect(six.port());
  REQUIRE(c.socket);
  CHECK(address_text(c.socket->remote_endpoint()) == "::1");
}

TEST_CASE("an address that refuses delays nothing") {
  unruly_server server{[](peer& p) { p.wait_until_closed(); }};
  race_fixture f;
  f.answers = {
      {{make_address("::1"), make_address("127.0.0.3"), make_address("127.0.0.1")}, {}}};
  const auto start = std::chrono::steady_clock::now();
  CHECK(f.connect(server.port()).socket);
  CHECK(std::chrono::steady_clock::now() - start < 200ms);
}

TEST_CASE("a host is found at its new address at once") {
  unruly_server server{[](peer& p) { p.wait_until_closed(); }};
  race_fixture f;
  f.answers = {{{make_address("127.0.0.2")}, {}}, {{make_address("127.0.0.1")}, {}}};
  const auto first = f.connect(server.port());
  CHECK_FALSE(first.socket);
  CHECK(first.why.detail == "connection refused by app:" + std::to_string(server.port()));
  CHECK(f.connect(server.port()).socket);
  CHECK(f.lookups == 2);
}
