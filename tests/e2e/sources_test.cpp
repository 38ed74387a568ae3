// A metric that is read from a server of its own: the query API of a Prometheus, played
// over real sockets, in good and in bad weather.
#include "tests/e2e/running.hpp"
#include "tests/e2e/scripted_application.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
#include <fstream>

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

using namespace std::chrono_literals;

class prometheus {
 public:
  prometheus() { appear(); }

  /// Waiting jobs; none: the query finds no series.
  void answer(std::optional<int> jobs) { jobs_ = jobs.value_or(-1); }
  void break_down(bool on) { broken_ = on; }
  /// Beside the value: some data is lacking; or there is a second series.
  void leave_out(bool on) { partial_ = on; }
  void split(bool on) { split_ = on; }
  void vanish() { server_.reset(); }
  void appear() {
    server_ = std::make_unique<unruly_server>(
        [this](peer& p) {
          while (!p.read_request().empty())
            if (!p.send(reply())) return;
        },
        "127.0.0.1", port());
  }
  std::uint16_t port() const { return reserved_.port(); }
  std::string request() const { return server_->requests().at(0); }

 private:
  std::string reply() const {
    if (broken_)
      return "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 18\r\n\r\n"
             R"({"status":"error"})";
    std::string result;
    if (jobs_ >= 0)
      result = R"({"metric":{},"value":[1769851800.1,")" + std::to_string(jobs_) + "\"]}";
    if (split_) result += "," + result;
    return status_answer(std::string{R"({"status":"success",)"} +
                         (partial_ ? R"("warnings":["no store for 3 of 5"],)" : "") +
                         R"("data":{"resultType":"vector","result":[)" + result + "]}}");
  }

  std::atomic<int> jobs_{-1};
  std::atomic<bool> broken_{false}, partial_{false}, split_{false};
  reserved_port reserved_;
  std::unique_ptr<unruly_server> server_;
};

/// Its utilisation alone would always ask for 10 replicas.
struct stage {
  scripted_application application{8, 10};
  prometheus queries;
  temporary_directory directory;

  scaler_options options() const {
    const auto file = directory.path() / "scaleit.yaml";
    std::ofstream{file} << R"(targets:
- name: shop
  app: http://127.0.0.1:)"
                        << application.port() << R"(
  interval: 100ms
  metrics:
  - {name: cpu, value: /cpu/highPriority, target: 0.8}
  - name: queue
    url: http://127.0.0.1:)"
                        << queries.port() << R"(/api/v1/query?query=sum(jobs)
    headers: {Authorization: "Bearer ${QUERY_TOKEN}"}
    format: prometheus
    type: AverageValue
    target: 30
)";
    return {{{"QUERY_TOKEN", "s3cret"}}, {"--config", file.string()}};
  }
};

double failed_queries(const scaler& d) {
  return d.metrics().value("requests_failures_total", {R"(endpoint="/api/v1/query")"});
}

/// Some more decisions are made, and the application has as many replicas as before.
bool holds(const scaler& d, const scripted_application& application) {
  const int before = application.replicas();
  const auto loops = d.metrics().heartbeat() + 10;
  return eventually([&] { return d.metrics().heartbeat() >= loops; }) &&
         application.replicas() == before;
}

}  // namespace

TEST_CASE("a target is scaled by what a query of its own says", "[sources]") {
  stage s;
  s.queries.answer(450);
  scaler d{s.options()};
  REQUIRE(eventually([&] { return s.application.replicas() == 15; }));
  CHECK(holds(d, s.application));
  s.queries.answer(600);
  REQUIRE(eventually([&] { return s.application.replicas() == 20; }));

  const auto request = s.queries.request();
  CHECK(request.starts_with("GET /api/v1/query?query=sum(jobs) HTTP/1.1\r\n"));
  CHECK(request.find("\r\nAccept: application/json\r\n") != std::string::npos);
  CHECK(request.find("\r\nAuthorization: Bearer s3cret\r\n") != std::string::npos);
  CHECK(d.log().find("s3cret") == std::string::npos);
  CHECK(failed_queries(d) == 0);
  const auto m = d.metrics();
  CHECK(m.value("scaleit_metric_value", {R"(metric="queue")"}) == 600);
  CHECK(m.value("scaleit_failures_total", {R"(request="metric")"}) == 0);
}

TEST_CASE("a query that finds nothing is no zero: nobody scales in on it", "[sources]") {
  stage s;
  s.queries.answer(450);
  scaler d{s.options()};
  REQUIRE(eventually([&] { return s.application.replicas() == 15; }));
  s.queries.answer({});
  const auto* absent = "metric queue fails: /data/result is empty";
  REQUIRE(eventually([&] { return count_of(absent, d.log()) == 1; }));
  CHECK(holds(d, s.application));
  s.queries.answer(600);
  REQUIRE(eventually([&] { return s.application.replicas() == 20; }));
  CHECK(eventually([&] { return count_of("metric queue works again", d.log()) == 1; }));
  CHECK(count_of(absent, d.log()) == 1);
  CHECK(failed_queries(d) == 0);  // it was answered
}

TEST_CASE("two series are no number, and partial data takes nothing away", "[sources]") {
  stage s;
  s.queries.answer(450);
  scaler d{s.options()};
  REQUIRE(eventually([&] { return s.application.replicas() == 15; }));
  s.queries.split(true);
  const auto* several = "metric queue fails: /data/result holds 2 series; use sum()";
  REQUIRE(eventually([&] { return count_of(several, d.log()) == 1; }));
  CHECK(holds(d, s.application));
  s.queries.leave_out(true);
  s.queries.split(false);
  s.queries.answer(300);
  CHECK(holds(d, s.application));
  s.queries.answer(600);
  REQUIRE(eventually([&] { return s.application.replicas() == 20; }));
}

TEST_CASE("a query server that breaks down or goes away costs its metric only",
          "[sources]") {
  stage s;
  s.queries.answer(450);
  scaler d{s.options()};
  REQUIRE(eventually([&] { return s.application.replicas() == 15; }));

  s.queries.break_down(true);
  REQUIRE(eventually([&] { return failed_queries(d) >= 3; }));
  CHECK(holds(d, s.application));
  s.queries.break_down(false);
  REQUIRE(eventually([&] { return count_of("metric queue works again", d.log()) == 1; }));

  s.queries.vanish();
  const auto refused = [&] {
    return d.metrics().value("scaleit_failures_total",
                             {R"(request="metric")", R"(error="connect")"});
  };
  REQUIRE(eventually([&] { return refused() >= 3; }));
  CHECK(holds(d, s.application));
  CHECK(count_of("metric queue fails: http: answered 503", d.log()) == 1);
  CHECK(count_of("metric queue fails: connect: ", d.log()) == 1);
  CHECK(d.metrics().failures("get") == 0);  // the status never failed
  CHECK(d.log().find("status fails") == std::string::npos);

  s.queries.answer(600);  // twice as many as 15 s ago is all that the default allows
  s.queries.appear();
  REQUIRE(eventually([&] { return s.application.replicas() == 20; }));
}
