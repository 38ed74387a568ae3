#include "api/state_folder.hpp"

#include "messages/bounds.hpp"
#include "tests/api/state.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/random_spec.hpp"

#include <algorithm>
#include <fstream>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

using namespace scaleit;
using namespace scaleit::api;
using namespace scaleit::test;
namespace fs = std::filesystem;

namespace {

std::string reading_error(const std::string& directory) {
  try {
    state_folder{directory};
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return "accepted";
}

mode_t mode_of(const fs::path& p) {
  struct stat s {};
  ::stat(p.c_str(), &s);
  return s.st_mode & 07777;
}

}  // namespace

TEST_CASE("what was written last is there after a restart") {
  const temporary_directory d;
  dice random{7};
  std::map<std::string, kept_target, std::less<>> expected;
  for (int start = 0; start < 5; ++start) {
    state_folder f{state_in(d)};
    const auto found = f.load();
    CHECK(found.set_aside.empty());
    REQUIRE(found.targets.size() == expected.size());
    for (const auto& [name, what] : expected) {
      REQUIRE(found.targets.contains(name));
      CHECK(same(found.targets.find(name)->second, what));
    }
    for (int batch = 0; batch < 5; ++batch) {
      std::vector<state_change> changes;
      for (int i = random.whole(0, 9); i < 10; ++i) {
        const auto name = i == 9 ? std::string(253, 'x') : "t" + std::to_string(i);
        state_change c{name, {}};
        if (random.coin())
          c.what.spec = std::make_shared<const target_spec>(any_spec(random, name));
        if (random.coin()) c.what.hold = {random.coin(), random.coin()};
        if (c.what.empty())
          expected.erase(name);
        else
          expected[name] = c.what;
        changes.push_back(std::move(c));
      }
      CHECK(write(f, changes) == "");
    }
  }
}

TEST_CASE("the folder and its files are their owner's alone") {
  const temporary_directory d;
  const auto before = ::umask(0);
  const auto deep = (d.path() / "a/b/state").string();
  state_folder f{deep};
  CHECK(write(f, {kept("web")}) == "");
  ::umask(before);
  CHECK(mode_of(deep) == 0700);
  CHECK(mode_of(deep + "/targets") == 0700);
  CHECK(mode_of(deep + "/targets/web.json") == 0600);
  CHECK(files_of(deep).size() == 1);
}

TEST_CASE("two daemons cannot have one folder") {
  const temporary_directory d;
  std::optional<state_folder> first{state_in(d)};
  CHECK(reading_error(state_in(d)) ==
        "the state folder '" + state_in(d) + "' is used by another daemon");
  CHECK_THROWS_AS(state_folder{state_in(d)}, state_locked);
  first.reset();
  CHECK(reading_error(state_in(d)) == "accepted");
}

TEST_CASE("a folder that cannot be used is told at the start, with the reason") {
  const temporary_directory d;
  const auto file = d.write("file", "");
  CHECK(has(reading_error(file), "'" + file + "' cannot be used: "));
  CHECK(
      has(reading_error(file), "is not a directory; accepted: a directory that can be"));
  CHECK(has(reading_error(file + "/state"), "Not a directory; accepted"));
  CHECK(has(reading_error("/proc/state"), "'/proc/state' cannot be used: No such file"));
  fs::create_directory(d.path() / "half");
  d.write("half/targets", "");
  CHECK(has(reading_error((d.path() / "half").string()), "is not a directory"));
  CHECK_FALSE(has(reading_error(file + "\nx"), "\n"));
}

TEST_CASE("a folder that may not be written is told at the start") {
  if (::geteuid() == 0) return;  // who may write everywhere
  const temporary_directory d;
  reading_error(state_in(d));
  ::chmod((state_in(d) + "/targets").c_str(), 0500);
  CHECK(has(reading_error(state_in(d)), "Permission denied"));
  ::chmod((state_in(d) + "/targets").c_str(), 0700);
  ::chmod(state_in(d).c_str(), 0);
  CHECK(has(reading_error(state_in(d)), "Permission denied"));
  ::chmod(state_in(d).c_str(), 0700);
}

TEST_CASE("what is no good is set aside and never deleted, and the rest is used") {
  const temporary_directory d;
  const auto at = [&](const std::string& file) { return "state/targets/" + file; };
  {
    state_folder f{state_in(d)};
    CHECK(write(f, {kept("good"), kept("cut"), kept("moved"), kept("flipped")}) == "");
  }
  const auto files = files_of(state_in(d));
  auto flipped = files.at("flipped.json");
  flipped[flipped.find("\"maxReplicas\":100") + 14] = '9';
  d.write(at("cut.json"), files.at("cut.json").substr(0, 50));
  d.write(at("flipped.json"), flipped);
  d.write(at("other.json"), files.at("moved.json"));
  d.write(at("empty.json"), "");
  d.write(at("empty.json.damaged-1"), "older");
  d.write(at("large.json"), std::string(bounds::state_file_bytes_max + 1, ' '));
  fs::create_directory(d.path() / at("folder.json"));
  d.write(at("folder.json/precious"), "x");
  fs::create_symlink("good.json", d.path() / at("link.json"));
  fs::create_symlink("nowhere", d.path() / at("dangling.json"));
  ::mkfifo((d.path() / at("pipe.json")).c_str(), 0600);
  d.write(at("notes.txt"), "mine");
  d.write(at("Upper.json"), "mine");
  d.write(at(".tmp-17"), "half of a wr");
  d.write(at(".tmp-web"), "half of a wr");

  state_folder f{state_in(d)};
  const auto found = f.load();
  CHECK(found.targets.size() == 2);
  CHECK(found.targets.contains("good"));
  CHECK(found.targets.contains("moved"));
  REQUIRE(found.set_aside.size() == 9);
  for (const auto& line : found.set_aside) {
    CAPTURE(line);
    CHECK(has(line, state_in(d)));
    CHECK(has(line, "it is not used, and is kept as "));
    CHECK_FALSE(has(line, "\n"));
  }
  const auto after = files_of(state_in(d));
  CHECK(after.at("cut.json.damaged-1") == files.at("cut.json").substr(0, 50));
  CHECK(after.at("flipped.json.damaged-1") == flipped);
  CHECK(after.at("other.json.damaged-1") == files.at("moved.json"));
  CHECK(after.at("empty.json.damaged-1") == "older");
  CHECK(after.contains("empty.json.damaged-2"));
  CHECK(after.at("large.json.damaged-1").size() == bounds::state_file_bytes_max + 1);
  CHECK(text_of(d.path() / at("folder.json.damaged-1/precious")) == "x");
  for (const auto* name : {"link.json.damaged-1", "dangling.json.damaged-1",
                           "pipe.json.damaged-1", "good.json", "notes.txt", "Upper.json"})
    CHECK(fs::exists(fs::symlink_status(d.path() / at(name))));
  for (const auto& [name, text] : after) CHECK_FALSE(name.starts_with(".tmp-"));

  CHECK(f.load().set_aside.empty());
  CHECK(write(f, {kept("cut", 7)}) == "");
  CHECK(f.load().targets.at("cut").spec->max_replicas == 7);
  CHECK(files_of(state_in(d)).at("cut.json.damaged-1") == after.at("cut.json.damaged-1"));
}

TEST_CASE("a folder of bytes by chance is loaded without harm") {
  const temporary_directory d;
  reading_error(state_in(d));
  dice random{3};
  for (int i = 0; i < 200; ++i) {
    std::string bytes;
    for (int n = random.whole(0, 300); n > 0; --n)
      bytes += static_cast<char>(random.whole(0, 255));
    d.write("state/targets/t" + std::to_string(i) + ".json", bytes);
  }
  state_folder f{state_in(d)};
  const auto found = f.load();
  CHECK(found.targets.empty());
  CHECK(found.set_aside.size() == 200);
}

TEST_CASE("a hold is kept without a spec, and nothing is kept as no file") {
  const temporary_directory d;
  state_folder f{state_in(d)};
  CHECK(write(f, {{"of-the-file", {{}, {true, true}}}, kept("web")}) == "");
  CHECK(f.load().targets.at("of-the-file").hold == actors::operator_hold{true, true});
  CHECK(write(f, {removed("of-the-file"), removed("web"), removed("never-there")}) == "");
  CHECK(files_of(state_in(d)).empty());
}

TEST_CASE("what cannot be restored is not written") {
  const temporary_directory d;
  state_folder f{state_in(d)};
  auto secret = app_spec("web");
  secret.status.headers = {{"X-Api-Key", "hunter2"}};
  const auto error = write(f, {{"web", {std::make_shared<target_spec>(secret), {}}}});
  CHECK(has(error, "status.headers.X-Api-Key holds a credential in clear text"));
  auto large = app_spec("web");
  large.scale.body = std::string(bounds::state_file_bytes_max, 'x');
  CHECK(has(write(f, {{"web", {std::make_shared<target_spec>(large), {}}}}),
            "larger than 2097152 bytes"));
  CHECK(has(write(f, {{"other", kept("web").what}}), "under its own name"));
  for (const auto* name : {"", "..", "../web", "a/b", "Web", "a b"})
    CHECK(has(write(f, {{name, {{}, {true, true}}}}), "is no target's name"));
  CHECK(files_of(state_in(d)).empty());
  CHECK_FALSE(fs::exists(d.path() / "state/web.json"));
}

TEST_CASE("a folder that was moved away or removed is not written") {
  const temporary_directory d;
  state_folder f{state_in(d)};
  CHECK(write(f, {kept("web")}) == "");
  fs::rename(state_in(d), d.path() / "elsewhere");
  CHECK(has(write(f, {kept("web", 7)}), "it was moved, removed or replaced"));
  CHECK_FALSE(fs::exists(state_in(d)));
  reading_error(state_in(d));  // another one in its place
  CHECK(has(write(f, {kept("web", 7)}), "it was moved, removed or replaced"));
  CHECK(files_of(state_in(d)).empty());
}
