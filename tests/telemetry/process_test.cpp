#include "telemetry/process.hpp"

#include "tests/support/catch.hpp"

#include <prometheus/metric_family.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <unistd.h>

using namespace scaleit;
using namespace scaleit::telemetry;

namespace {

std::map<std::string, double> values(const telemetry::process& p) {
  families into;
  p.sample(into);
  std::map<std::string, double> all;
  for (const auto& f : into.Collect()) {
    REQUIRE(f.metric.size() == 1);
    REQUIRE_FALSE(f.help.empty());
    const bool counter = f.type == prometheus::MetricType::Counter;
    CHECK(counter == f.name.ends_with("_total"));
    all[f.name] = counter ? f.metric[0].counter.value : f.metric[0].gauge.value;
  }
  return all;
}

}  // namespace

TEST_CASE("the process metrics tell what the kernel knows of this process") {
  const telemetry::process p;
  auto v = values(p);
  CHECK(v.size() == 7);
  CHECK(v.at("process_cpu_seconds_total") >= 0);
  CHECK(v.at("process_resident_memory_bytes") > 100'000);
  CHECK(v.at("process_virtual_memory_bytes") >= v["process_resident_memory_bytes"]);
  CHECK(v.at("process_threads") >= 1);
  CHECK(v.at("process_open_fds") >= 3);
  CHECK(v.at("process_max_fds") >= v["process_open_fds"]);
  const auto now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch());
  CHECK(v.at("process_start_time_seconds") <= now.count() + 2);
  CHECK(v.at("process_start_time_seconds") > now.count() - 3600);
}

TEST_CASE("an open descriptor is counted") {
  const telemetry::process p;
  const auto before = values(p).at("process_open_fds");
  const int fd = ::dup(0);
  CHECK(values(p).at("process_open_fds") == before + 1);
  ::close(fd);
}

TEST_CASE("without /proc there are no metrics of the process") {
  CHECK(values(telemetry::process("/nonexistent")).empty());
}

TEST_CASE("a strange /proc/self/stat is read or left out") {
  const auto dir = std::filesystem::temp_directory_path() /
                   ("scaleit_process_test." + std::to_string(::getpid()));
  std::filesystem::create_directories(dir / "self");
  const auto with = [&](const std::string& stat) {
    std::ofstream(dir / "stat") << "cpu  1 2 3\nbtime 1700000000\n";
    std::ofstream(dir / "self" / "stat") << stat;
    return values(telemetry::process(dir.string()));
  };
  const std::string rest =
      " S 1 2 3 0 -1 4194304 1 0 0 0 150 50 0 0 20 0 4 0 1000 8192 2 "
      "18446744073709551615 1\n";
  const double ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  for (const std::string name : {"(scaleit)", "(a) b (c))"}) {
    const auto v = with("42 " + name + rest);
    CHECK(v.at("process_cpu_seconds_total") == 200 / ticks);
    CHECK(v.at("process_threads") == 4);
    CHECK(v.at("process_start_time_seconds") == 1'700'000'000 + 1000 / ticks);
    CHECK(v.at("process_virtual_memory_bytes") == 8192);
    CHECK(v.at("process_resident_memory_bytes") ==
          2.0 * static_cast<double>(::getpagesize()));
    CHECK(v.count("process_open_fds") == 0);
  }
  for (const std::string broken :
       {"", "42", "42 (x)", "42 (x) S", "42 (x) S 1 2 3", "42 (x) S a b"})
    CHECK(with(broken).empty());
  std::filesystem::remove_all(dir);
}
