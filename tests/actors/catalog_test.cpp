// Who owns a name, what is to run under it, and what a new list of targets changes.
#include "actors/catalog.hpp"

#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace scaleit;
using namespace scaleit::actors;
using namespace scaleit::test;

namespace {

/// `a=7`, `a gone`, `nothing`
std::string told(const std::optional<catalog_change>& c) {
  if (!c) return "nothing";
  return c->spec ? fmt::format("{}={}", c->name, c->spec->max_replicas)
                 : c->name + " gone";
}

}  // namespace

TEST_CASE("what an origin wants comes, changes and goes") {
  catalog all;
  CHECK(told(all.put(origin::file, target_of_at_most("a", 7))) == "a=7");
  CHECK(told(all.put(origin::file, target_of_at_most("a", 7))) == "nothing");
  CHECK(told(all.put(origin::file, target_of_at_most("a", 8))) == "a=8");
  CHECK(all.running() == 1);
  CHECK(told(all.drop(origin::file, "b")) == "nothing");
  CHECK(told(all.drop(origin::file, "a")) == "a gone");
  CHECK(told(all.drop(origin::file, "a")) == "nothing");
  CHECK(all.running() == 0);
  CHECK(all.all().empty());
}

TEST_CASE("a name belongs to the earlier origin, and the other's is kept") {
  catalog all;
  CHECK(told(all.put(origin::api, target_of_at_most("a", 1))) == "a=1");
  CHECK(told(all.put(origin::file, target_of_at_most("a", 2))) == "a=2");
  CHECK(all.find("a")->owner() == origin::file);
  CHECK(told(all.put(origin::api, target_of_at_most("a", 3))) == "nothing");
  CHECK(told(all.drop(origin::file, "a")) == "a=3");
  CHECK(all.find("a")->owner() == origin::api);
  CHECK(told(all.put(origin::environment, target_of_at_most("a", 3))) == "nothing");
  CHECK(told(all.drop(origin::api, "a")) == "nothing");
  CHECK(all.running() == 1);
  CHECK(told(all.drop(origin::environment, "a")) == "a gone");
}

TEST_CASE("a hold is over whatever the spec says, and outlives it") {
  catalog all;
  CHECK(told(all.hold("a", {true, false})) == "nothing");
  CHECK(told(all.put(origin::api, target_of_at_most("a"))) == "a=100");
  CHECK(all.find("a")->running->pause == pause_spec{true, false});
  CHECK(all.find("a")->wanted.back()->pause == pause_spec{});
  CHECK(told(all.hold("a", {true, false})) == "nothing");
  CHECK(told(all.hold("a", {false, true})) == "a=100");
  CHECK(all.find("a")->running->pause == pause_spec{false, true});
  CHECK(told(all.drop(origin::api, "a")) == "a gone");
  CHECK(all.find("a") != nullptr);
  CHECK(told(all.put(origin::file, target_of_at_most("a"))) == "a=100");
  CHECK(all.find("a")->running->pause.scale_out);
  CHECK(told(all.hold("a", {})) == "a=100");
  CHECK(all.find("a")->running->pause == pause_spec{});
  // What the spec itself pauses stays so.
  auto paused = *target_of_at_most("b");
  paused.pause.scale_in = true;
  all.put(origin::file, std::make_shared<const target_spec>(paused));
  CHECK(told(all.hold("b", {true, false})) == "nothing");
  CHECK(told(all.hold("b", {})) == "nothing");
}

TEST_CASE("a difference of two lists is what leads from one to the other") {
  const std::vector<target_ptr> before{
      target_of_at_most("a", 1), target_of_at_most("b", 2), target_of_at_most("d", 4)};
  std::vector<target_ptr> after{target_of_at_most("b", 2), target_of_at_most("c", 3),
                                target_of_at_most("d", 5), target_of_at_most("e")};
  const auto d = difference_of(before, after);
  CHECK(d.dropped == std::vector<std::string>{"a"});
  CHECK(d.put == std::vector<target_ptr>{after[1], after[2], after[3]});
  CHECK(d.added == 2);
  CHECK(d.changed == 1);
  CHECK(d.unchanged == 1);
  CHECK(after[0] == before[1]);  // shared
  CHECK(difference_of({}, after).added == 4);
  std::vector<target_ptr> none;
  CHECK(difference_of(before, none).dropped.size() == 3);
  CHECK(difference_of({}, none).put.empty());
}

/// Beside the plainest form of the same: what each origin wants, looked at anew.
TEST_CASE("whatever comes in whatever order, what runs is what the origins say") {
  std::mt19937 random{11};
  catalog all;
  std::map<std::string, std::map<origin, int>> wanted;
  std::map<std::string, int> running;
  for (int i = 0; i < 20'000; ++i) {
    const auto name = std::string(1, static_cast<char>('a' + random() % 6));
    const auto by = static_cast<origin>(random() % origins);
    const int max = 1 + static_cast<int>(random() % 3);
    const bool put = random() % 3 != 0;
    if (put)
      wanted[name][by] = max;
    else
      wanted[name].erase(by);
    const auto change =
        put ? all.put(by, target_of_at_most(name, max)) : all.drop(by, name);
    std::string expected = "nothing";
    if (wanted[name].empty()) {
      if (running.erase(name) > 0) expected = name + " gone";
    } else if (const auto now = wanted[name].begin()->second;
               !running.contains(name) || running[name] != now) {
      running[name] = now;
      expected = fmt::format("{}={}", name, now);
    }
    REQUIRE(told(change) == expected);
    REQUIRE(all.running() == running.size());
  }
}
