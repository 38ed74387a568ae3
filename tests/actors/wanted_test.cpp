// What the origins want, carried out by the control loop, whatever crashes meanwhile.
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/virtual_loop.hpp"

#include <map>
#include <random>
#include <string>
#include <vector>

using namespace scaleit;
using namespace scaleit::actors;
using namespace scaleit::test;

namespace {

/// `a=7 b=8`: what runs, by the state of the control loop.
std::string running(const control_loop& control) {
  std::map<std::string, std::string> all;
  for (const auto& [name, t] : control.state().targets) {
    const auto& s = *t.state->spec;
    all[name] = std::to_string(s.max_replicas) + (s.pause.scale_in ? "p" : "") +
                (t.poller && t.decider && t.actuator ? "" : " (not all of it)");
  }
  std::string text;
  for (const auto& [name, is] : all) text += name + "=" + is + " ";
  return text;
}

/// The same by the catalog.
std::string wanted(const control_loop& control) {
  std::string text;
  for (const auto& [name, e] : control.wanted().all())
    if (e.running)
      text += name + "=" + std::to_string(e.running->max_replicas) +
              (e.running->pause.scale_in ? "p" : "") + " ";
  return text;
}

}  // namespace

TEST_CASE("who wants a target hears what became of it") {
  virtual_loop h;
  std::vector<std::string> told;
  const auto note = [&](const answer& a) { told.emplace_back(to_string(a.what)); };
  h.control.want(origin::file, target_of_at_most("a", 7), note);
  h.drain();
  h.control.want(origin::file, target_of_at_most("a", 7), note);
  h.control.want(origin::api, target_of_at_most("a", 9), note);
  h.control.want(origin::file, target_of_at_most("a", 8), note);
  h.control.hold("a", {true, false}, note);
  h.drain();
  CHECK(running(h.control) == "a=8p ");
  h.control.want_no_more(origin::file, "a", note);
  h.drain();
  CHECK(running(h.control) == "a=9p ");
  h.control.want_no_more(origin::api, "a", note);
  h.control.want_no_more(origin::api, "b", note);
  h.drain();
  CHECK(running(h.control).empty());
  CHECK(told == std::vector<std::string>{"added", "unchanged", "unchanged", "changed",
                                         "changed", "changed", "unchanged", "removed"});
}

TEST_CASE("one target too many is refused, and is not wanted afterwards") {
  virtual_loop h;
  h.control.changeable_state().targets_max = 2;
  std::vector<outcome> told;
  for (const auto* name : {"a", "b", "c"})
    h.control.want(origin::api, target_of_at_most(name), [&](const answer& a) {
      told.push_back(a.what);
      if (a.what == outcome::refused)
        CHECK(a.why == "there are 2 targets already, and that is the most");
    });
  h.drain();
  CHECK(told == std::vector<outcome>{outcome::refused, outcome::added, outcome::added});
  CHECK(h.control.wanted().find("c") == nullptr);
  CHECK(running(h.control) == wanted(h.control));
}

TEST_CASE("what is refused since another still leaves is not wanted afterwards") {
  virtual_loop h;
  h.control.changeable_state().targets_max = 1;
  bool asked = false;
  h.client.app = [&](const net::http_request& r) {
    if (r.method == net::verb::get)
      return answers(200, R"({"cpu":{"highPriority":0.95},"replicas":10})");
    asked = true;
    return hangs();  // so that the removal waits for it
  };
  h.control.want(origin::api, shared(app_spec("a")));
  for (int i = 0; i < 100 && !asked; ++i) h.advance(100ms);
  REQUIRE(asked);
  std::vector<outcome> told;
  h.control.want_no_more(origin::api, "a");
  h.control.want(origin::api, target_of_at_most("b"),
                 [&](const answer& a) { told.push_back(a.what); });
  h.advance(100ms);
  CHECK(told == std::vector<outcome>{outcome::refused});
  CHECK(h.control.wanted().find("b") == nullptr);
}

TEST_CASE("whatever is wanted and whatever crashes, what runs is what is wanted") {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    virtual_loop h;
    h.client.app = [](const net::http_request&) {
      return answers(200, R"({"cpu":{"highPriority":0.8},"replicas":10})");
    };
    int asked = 0, heard = 0;
    for (int i = 0; i < 300; ++i) {
      const auto name = std::string(1, static_cast<char>('a' + random() % 5));
      const auto by = static_cast<origin>(random() % origins);
      const auto note = [&](const answer&) { ++heard; };
      switch (random() % 8) {
        case 0:
        case 1:
          ++asked, h.control.want_no_more(by, name, note);
          break;
        case 2:
          ++asked, h.control.hold(name, {random() % 2 == 0, false}, note);
          break;
        case 3:
          h.control.kill_supervisor("a test");
          break;
        case 4:
          h.advance(std::chrono::milliseconds{random() % 4000});
          break;
        default:
          ++asked;
          h.control.want(by, target_of_at_most(name, 50 + static_cast<int>(random() % 3)),
                         note);
      }
      for (auto n = random() % 6; n > 0; --n) h.run_once();
    }
    h.advance(120s);
    CHECK(heard == asked);
    CHECK(running(h.control) == wanted(h.control));
  }
}
