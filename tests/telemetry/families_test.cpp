#include "telemetry/families.hpp"

#include "tests/support/catch.hpp"

#include <chrono>
#include <set>
#include <string>
#include <thread>

using namespace scaleit::telemetry;

namespace {

std::string name_of(int i) { return "target-" + std::to_string(100'000 + i); }

/// The series that are still to be read, by the value of their first label.
std::multiset<std::string> rest_of(const families& all, families::place at) {
  std::multiset<std::string> seen;
  while (const auto s = all.next(at, 100))
    for (const auto& m : s->series) seen.insert(m.label.at(0).value);
  return seen;
}

}  // namespace

TEST_CASE("every row of the table is complete, and there once") {
  std::set<std::string_view> names;
  for (const auto& f : family_table) {
    CAPTURE(f.name);
    CHECK(names.insert(f.name).second);
    CHECK(f.help.ends_with("."));
    CHECK((f.type == family_type::counter) == f.name.ends_with("_total"));
    CHECK((f.type == family_type::histogram) == !f.buckets.empty());
    if (f.labels.count == 2) CHECK(f.labels.names[0] < f.labels.names[1]);
  }
}

TEST_CASE("a series is made when it is first named, and stays the same") {
  families all;
  CHECK(all.Collect().empty());
  all.counter("scaleit_failures_total", "timeout", "status").Increment();
  all.counter("scaleit_failures_total", "timeout", "status").Increment();
  all.counter("scaleit_failures_total", "http", "status");
  const auto seen = all.Collect();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].name == "scaleit_failures_total");
  REQUIRE(seen[0].metric.size() == 2);
  CHECK(seen[0].metric[1].counter.value == 2);
  CHECK(seen[0].metric[1].label[0].name == "error");
  CHECK(seen[0].metric[1].label[1].value == "status");
}

TEST_CASE("a total is what it is, to the last digit, and never goes backwards") {
  families all;
  for (const double total : {0.1, 0.3, 0.2})
    all.set_total("process_cpu_seconds_total", total);
  CHECK(all.counter("process_cpu_seconds_total").Value() == 0.3);
}

TEST_CASE("between slices series come and go, and none that stays is lost or doubled") {
  families all;
  for (int i = 0; i < 1000; i += 2) all.gauge("scaleit_replicas", name_of(i));
  families::place at;
  std::set<std::string> before;
  for (int slices = 0; slices < 2; ++slices) {
    const auto s = all.next(at, 100);
    REQUIRE(s);
    CHECK(s->first == (slices == 0));
    for (const auto& m : s->series) before.insert(m.label[0].value);
  }
  CHECK(before.size() == 200);
  all.remove_gauge("scaleit_replicas", name_of(398));  // the last one that was read
  all.remove_gauge("scaleit_replicas", name_of(10));
  all.gauge("scaleit_replicas", name_of(10));
  all.remove_gauge("scaleit_replicas", name_of(400));  // the next
  all.gauge("scaleit_replicas", name_of(401));
  const auto rest = rest_of(all, at);
  CHECK(rest.size() == 300);
  CHECK(rest.count(name_of(400)) == 0);
  CHECK(rest.count(name_of(401)) == 1);
  for (const auto& name : rest) CHECK(before.count(name) == 0);
}

TEST_CASE("a family that ends with its slice is not begun again") {
  families all;
  for (int i = 0; i < 200; ++i) all.gauge("scaleit_replicas", name_of(i));
  all.gauge("scaleit_build_info", "x");
  families::place at;
  CHECK(all.next(at, 100)->first);
  CHECK_FALSE(all.next(at, 100)->first);
  CHECK(all.next(at, 100)->of->name == "scaleit_build_info");
  CHECK_FALSE(all.next(at, 100));
}

TEST_CASE("series go as fast from many as from few") {
  constexpr int many = 20'000;
  families all;
  for (int i = 0; i < many; ++i) all.gauge("scaleit_replicas", name_of(i));
  const auto begin = std::chrono::steady_clock::now();
  for (int i = many; i-- > 0;) all.remove_gauge("scaleit_replicas", name_of(i));
  // With a look at each of the others it takes a minute.
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{5});
  CHECK(all.Collect().empty());
}

TEST_CASE("series may be made, removed and read at once") {
  families all;
  std::thread reader{[&] {
    for (int i = 0; i < 200; ++i) all.Collect();
  }};
  for (int i = 0; i < 5000; ++i) {
    all.gauge("scaleit_replicas", name_of(i % 50)).Set(i);
    if (i % 3 == 0) all.remove_gauge("scaleit_replicas", name_of(i % 50));
    all.set_total("scaleit_record_errors_total", i);
  }
  reader.join();
  CHECK(all.counter("scaleit_record_errors_total").Value() == 4999);
}
