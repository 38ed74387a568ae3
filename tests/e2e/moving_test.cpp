// Applications that go away, and come back where they were or somewhere else.
#include "tests/e2e/running.hpp"
#include "tests/e2e/scripted_application.hpp"
#include "tests/support/catch.hpp"

#include <csignal>
#include <fstream>

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

using namespace std::chrono_literals;

std::map<std::string, std::string> by_name(std::uint16_t port, const std::string& hosts) {
  auto e = fast_environment(port);
  e["APP_SERVICE_URL"] = "http://application.test";
  e["LD_PRELOAD"] = SCALEIT_HOSTS_FROM_FILE;
  e["HOSTS_FROM_FILE"] = hosts;
  return e;
}

}  // namespace

TEST_CASE("the daemon waits for an application that is not there yet", "[moving]") {
  const auto port = closed_port();
  scaler d{port};
  REQUIRE(eventually([&] { return d.metrics().failures("get") >= 5; }));
  CHECK(get(d.port(), "/healthz").status == 200);
  CHECK(get(d.port(), "/readyz").status == 200);
  scripted_application application{16, 10, "127.0.0.1", port};
  REQUIRE(eventually([&] { return application.replicas() == 20; }));
  CHECK(application.complaints() == "");
  CHECK(count_of("status fails: connect: ", d.log()) == 1);
  CHECK(count_of("status works again after ", d.log()) == 1);
  const auto m = d.metrics();
  CHECK(m.value("scaleit_failures_total", {R"(error="connect")"}) == m.failures("get"));
}

TEST_CASE(
    "an application that vanishes costs one failure a poll, and is held when it is back",
    "[moving]") {
  scripted_application application{16};
  scaler d{application.port()};
  REQUIRE(eventually([&] { return application.replicas() == 20; }));
  application.vanish();
  REQUIRE(eventually([&] { return d.metrics().failures("get") >= 8; }));
  application.set_load(32);
  application.appear();
  REQUIRE(eventually([&] { return application.replicas() == 40; }));
  CHECK(eventually([&] {
    const auto m = d.metrics();
    return m.value("scaleit_poll_duration_seconds_count") ==
           m.heartbeat() + m.failures("get");
  }));
  CHECK(d.metrics().failures("put") == 0);
  CHECK(application.complaints() == "");
}

TEST_CASE("a host that takes no connections is a failure within a second or so",
          "[moving]") {
  const deaf_listener deaf;
  scaler d{deaf.port()};
  REQUIRE(eventually([&] { return d.metrics().failures("get") >= 1; }, 3s));
  CHECK(d.metrics().value("scaleit_polls_late_total") >= 1);
  CHECK(d.stop(SIGTERM) == 0);
}

TEST_CASE("an application that comes back on another address is found by its name",
          "[moving]") {
  const temporary_directory directory;
  const auto hosts = directory.write("hosts", "127.0.0.1\n");
  scripted_application application{16};
  scaler d{{by_name(application.port(), hosts)}};
  REQUIRE(eventually([&] { return application.replicas() == 20; }));
  application.vanish();
  REQUIRE(eventually([&] { return d.metrics().failures("get") >= 2; }));
  application.set_load(32);
  application.appear("127.0.0.2");
  directory.write("hosts", "127.0.0.2\n");
  REQUIRE(eventually([&] { return application.replicas() == 40; }));
  CHECK(application.complaints() == "");
  CHECK(count_of("status works again after ", d.log()) == 1);
}

TEST_CASE("of several addresses the one that answers is used", "[moving]") {
  const temporary_directory directory;
  const auto hosts = directory.write("hosts", "127.0.0.1\n127.0.0.2\n127.0.0.3\n");
  scripted_application application{16, 10, "127.0.0.3"};
  scaler d{{by_name(application.port(), hosts)}};
  REQUIRE(eventually([&] { return application.replicas() == 20; }));
  application.vanish();
  application.set_load(32);
  application.appear("127.0.0.2");
  REQUIRE(eventually([&] { return application.replicas() == 40; }));
  CHECK(application.complaints() == "");
}

TEST_CASE("a name nobody knows is a failure until somebody does", "[moving]") {
  const temporary_directory directory;
  const auto hosts = directory.write("hosts", "");
  scripted_application application{16};
  scaler d{{by_name(application.port(), hosts)}};
  REQUIRE(eventually([&] { return d.metrics().failures("get") >= 3; }));
  directory.write("hosts", "127.0.0.1\n");
  REQUIRE(eventually([&] { return application.replicas() == 20; }));
  CHECK(application.complaints() == "");
}
