#include "api/target_changes.hpp"

#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"
#include "tests/support/virtual_loop.hpp"

#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <random>

using namespace scaleit;
using namespace scaleit::test;
using api::change_request;
using api::refusal;
using api::target_edit;

namespace {

using result = std::variant<actors::outcome, refusal>;

/// A control loop, a state folder, and somebody who asks for changes.
struct desk {
  explicit desk(const std::filesystem::path& folder) {
    loop.client.app = [](const net::http_request&) {
      return answers(200, R"({"cpu":{"highPriority":0.8},"replicas":10})");
    };
    if (!folder.empty())
      state.emplace(api::state_folder{folder.string()}, io.get_executor());
    changes.emplace(loop.control, state ? &*state : nullptr);
  }
  ~desk() { state.reset(); }

  void put(const std::string& name, int most, bool must_be_new = false) {
    ask(name, [=](const actors::catalog_entry* e) -> std::variant<target_edit, refusal> {
      if (must_be_new && e && e->owner()) return refusal{412, "it is there"};
      return target_edit{target_of_at_most(name, most), {}};
    });
  }
  void hold(const std::string& name, actors::operator_hold h) {
    ask(name, [=](const actors::catalog_entry*) { return target_edit{{}, h}; });
  }
  void remove(const std::string& name) {
    ask(name, [](const actors::catalog_entry*) {
      return target_edit{target_ptr{}, actors::operator_hold{}};
    });
  }
  /// Until all is answered: the disk has a thread of its own.
  void settle() {
    const auto asked = asked_;
    REQUIRE(eventually([&] {
      io.restart();
      io.poll();
      loop.advance(200ms);  // a supervisor that crashes often waits for its start
      return results.size() == asked;
    }));
  }

  boost::asio::io_context io;
  virtual_loop loop;
  std::optional<api::state_writer> state;
  std::optional<api::target_changes> changes;
  std::vector<result> results;

 private:
  template <class F>
  void ask(const std::string& name, F decide) {
    ++asked_;
    changes->ask({name, "a test", decide, [this](result r) { results.push_back(r); }});
  }
  std::size_t asked_ = 0;
};

int status_of(const result& r) {
  const auto* no = std::get_if<refusal>(&r);
  return no ? no->status : 200;
}

std::map<std::string, std::pair<int, bool>> wanted(const actors::catalog& c) {
  std::map<std::string, std::pair<int, bool>> all;
  for (const auto& [name, e] : c.all())
    if (e.owner()) all[name] = {e.owned()->max_replicas, e.hold.any()};
  return all;
}

}  // namespace

TEST_CASE("of two who race for a name the second sees what the first has made") {
  temporary_directory folder;
  for (const auto& path : {std::filesystem::path{}, folder.path()}) {
    desk d{path};
    d.put("a", 7, true);
    d.put("a", 8, true);
    d.put("b", 9, true);
    d.settle();
    CHECK(wanted(d.loop.control.wanted()) == std::map<std::string, std::pair<int, bool>>{
                                                 {"a", {7, false}}, {"b", {9, false}}});
    int refused = 0;
    for (const auto& r : d.results) refused += status_of(r) == 412 ? 1 : 0;
    CHECK(refused == 1);
  }
}

TEST_CASE("a target that goes takes its hold along") {
  desk d{{}};
  d.put("a", 7);
  d.hold("a", {true, false});
  d.remove("a");
  d.settle();
  CHECK(d.loop.control.wanted().find("a") == nullptr);
  CHECK(d.loop.control.state().targets.empty());
}

TEST_CASE("only so many changes of one target wait") {
  temporary_directory folder;
  desk d{folder.path()};
  const int most = static_cast<int>(bounds::api_changes_waiting_max);
  for (int n = 0; n < most + 10; ++n) d.put("a", n + 1);
  d.put("b", 7);
  d.settle();
  int refused = 0;
  for (const auto& r : d.results) refused += status_of(r) == 503 ? 1 : 0;
  CHECK(refused == 9);  // one was begun with
  CHECK(d.loop.control.wanted().find("b")->owned()->max_replicas == 7);
}

TEST_CASE("what cannot be kept is not done") {
  temporary_directory folder;
  desk d{folder.path()};
  d.put("a", 7);
  d.settle();
  std::filesystem::rename(folder.path() / "targets", folder.path() / "gone");
  d.put("a", 8);
  d.put("b", 9);
  d.settle();
  CHECK(status_of(d.results.at(1)) == 507);
  CHECK(status_of(d.results.at(2)) == 507);
  CHECK(d.loop.control.wanted().find("a")->owned()->max_replicas == 7);
  CHECK(d.loop.control.wanted().find("b") == nullptr);
}

TEST_CASE("what is refused after it was kept does not come to life at the next start") {
  temporary_directory folder;
  {
    desk d{folder.path()};
    d.loop.control.changeable_state().targets_max = 1;
    d.put("a", 7);
    d.settle();
    d.put("b", 8);
    d.settle();
    CHECK(status_of(d.results.at(1)) == 409);
  }
  const auto kept = api::state_folder{folder.path().string()}.load().targets;
  CHECK(kept.size() == 1);
  CHECK(kept.contains("a"));
}

TEST_CASE("any changes, and crashes of the supervisor: what is wanted is what is kept") {
  for (const unsigned seed : {1u, 2u, 3u}) {
    temporary_directory folder;
    std::map<std::string, std::pair<int, bool>> at_the_end;
    {
      std::mt19937 random{seed};
      desk d{folder.path()};
      for (int i = 0; i < 150; ++i) {
        const auto name = std::string(1, static_cast<char>('a' + random() % 4));
        switch (random() % 6) {
          case 0:
            d.remove(name);
            break;
          case 1:
            d.hold(name, {random() % 2 == 0, false});
            break;
          case 2:
            d.loop.control.kill_supervisor("a test");
            break;
          case 3:
            d.io.restart(), d.io.poll(), d.loop.advance(50ms);
            break;
          default:
            d.put(name, 50 + static_cast<int>(random() % 3));
        }
      }
      d.settle();
      d.loop.advance(60s);
      at_the_end = wanted(d.loop.control.wanted());
      CHECK(d.loop.control.state().targets.size() == at_the_end.size());
    }
    std::map<std::string, std::pair<int, bool>> kept;
    for (const auto& [name, k] : api::state_folder{folder.path().string()}.load().targets)
      if (k.spec) kept[name] = {k.spec->max_replicas, k.hold.any()};
    CHECK(kept == at_the_end);
  }
}
