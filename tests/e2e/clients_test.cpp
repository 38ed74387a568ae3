// Clients of the metrics port that are slow, greedy or out of their minds: others
// are served all the same, and the scaling does not notice.
#include "tests/e2e/running.hpp"
#include "tests/e2e/scripted_application.hpp"
#include "tests/support/catch.hpp"

#include <csignal>
#include <vector>

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

using namespace std::chrono_literals;

/// Sockets that are closed at the end.
class crowd {
 public:
  ~crowd() {
    for (const int fd : fds_) ::close(fd);
  }
  /// `many` connections, each of which says this and no more.
  void join(std::uint16_t port, int many, const std::string& says) {
    for (int i = 0; i < many; ++i) {
      const int fd = connect_to(port, 1);
      if (fd < 0) continue;
      fds_.push_back(fd);
      send_all(fd, says);
    }
  }
  void say(const std::string& more) const {
    for (const int fd : fds_) send_all(fd, more);
  }

 private:
  std::vector<int> fds_;
};

/// Is it scraped and does it scale, while whatever goes on goes on?
void check_unhurt(scaler& d, scripted_application& application) {
  const int more = application.replicas() == 20 ? 8 : 16;
  application.set_load(more);
  CHECK(eventually([&] { return application.replicas() == (more == 16 ? 20 : 10); }, 3s));
  // Those who do not read what they asked for lose their places after 10 s at the latest.
  CHECK(eventually([&] { return get(d.port(), "/metrics").status == 200; }, 15s));
  CHECK(d.process().running());
#ifndef SCALEIT_SANITIZED
  CHECK(d.process().resident_bytes() < 64u * 1024 * 1024);
#endif
}

}  // namespace

TEST_CASE("many idle connections keep nobody out", "[clients]") {
  scripted_application application;
  scaler d{application.port()};
  crowd idle;
  idle.join(d.port(), 300, "");
  check_unhurt(d, application);
}

TEST_CASE("half requests keep nobody out", "[clients]") {
  scripted_application application;
  scaler d{application.port()};
  crowd slow;
  slow.join(d.port(), 300, "GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: ");
  for (int i = 0; i < 5; ++i) {
    slow.say("y");
    check_unhurt(d, application);
  }
}

TEST_CASE("clients that ask and do not read keep nobody out", "[clients]") {
  scripted_application application;
  scaler d{application.port()};
  std::string all;
  for (int i = 0; i < 50; ++i) all += "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
  crowd greedy;
  greedy.join(d.port(), 200, all);
  check_unhurt(d, application);
}

TEST_CASE("malformed requests are refused and forgotten", "[clients]") {
  scripted_application application;
  scaler d{application.port()};
  const std::string begin = "GET /metrics HTTP/1.1\r\nHost: x\r\n";
  struct row {
    const char* what;
    std::string bytes;
    int status_min, status_max;
  };
  const std::vector<row> rows{
      {"a header of a megabyte",
       begin + "X-Big: " + std::string(1 << 20, 'x') + "\r\n\r\n", 0, 431},
      {"a path of a megabyte",
       "GET /" + std::string(1 << 20, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", 0, 431},
      {"a body of a megabyte",
       "POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n" +
           std::string(1 << 20, 'x'),
       0, 413},
      {"no HTTP", std::string{"\x16\x03\x01\x02\0\x01\r\n\r\n", 10}, 0, 400},
      {"zero bytes", std::string(5000, '\0'), 0, 431},
      {"no version", "GET /metrics\r\n\r\n", 0, 400},
      {"a version to come", "GET /metrics HTTP/7.3\r\nHost: x\r\n\r\n", 0, 505},
      {"a negative length", begin + "Content-Length: -1\r\n\r\n", 0, 400},
      {"two lengths", begin + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 0, 400},
      {"a length and chunks",
       begin + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0,
       400},
      {"a method that is none", "G@T /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 0, 400},
      {"a way up",
       "GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 400,
       404},
      {"nothing", "", 0, 0},
  };
  for (const auto& r : rows) {
    CAPTURE(r.what);
    const auto a = ask(d.port(), r.bytes, r.bytes.empty() ? 1 : 8);
    CHECK((a.status == 0 || a.status >= 400));
    CHECK(a.status >= r.status_min);
    CHECK(a.status <= r.status_max);
    CHECK(a.body.find("root:") == std::string::npos);
    CHECK(get(d.port(), "/metrics").status == 200);
  }
  check_unhurt(d, application);
}
