// The state folder while the disk fails, and while the daemon is killed.
#include "api/state_folder.hpp"
#include "tests/api/state.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/random_spec.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace scaleit;
using namespace scaleit::api;
using namespace scaleit::test;
namespace fs = std::filesystem;

namespace {

std::error_code full() { return {ENOSPC, std::generic_category()}; }

/// A new one, one that changes, one that goes, one that is not there, and a hold.
std::vector<state_change> some_changes() {
  return {kept("new"),
          kept("changed", 7),
          removed("gone"),
          removed("never"),
          {"held", {{}, {true, false}}}};
}

}  // namespace

TEST_CASE("whichever step fails, what is not done is undone and told") {
  int failing = 0;
  for (bool all_done = false; !all_done; ++failing) {
    const temporary_directory d;
    int step = 0;
    int armed = -1;
    std::string failed;
    state_folder f{state_in(d), [&](std::string_view what) {
                     if (armed < 0 || step++ != armed) return std::error_code{};
                     failed = what;
                     return full();
                   }};
    CHECK(write(f, {kept("changed"), kept("gone"), kept("other")}) == "");
    const auto before = files_of(state_in(d));
    armed = failing;
    const auto changes = some_changes();
    const auto errors = f.write(changes);
    armed = -1;
    all_done = failed.empty();
    CAPTURE(failing, failed);
    const auto after = files_of(state_in(d));
    for (std::size_t i = 0; i < changes.size(); ++i) {
      const auto file = state_file_of(changes[i].name);
      CAPTURE(file);
      const auto found = after.find(file);
      if (!errors[i]) {
        CHECK((found == after.end()) == changes[i].what.empty());
        if (found != after.end()) CHECK(found->second == state_text(changes[i]));
        continue;
      }
      CHECK(*errors[i] == "the state folder '" + state_in(d) +
                              "' cannot be written: No space left on device");
      REQUIRE((found == after.end()) == !before.contains(file));
      if (found != after.end()) CHECK(found->second == before.at(file));
    }
    for (const auto& [name, text] : after) CHECK_FALSE(name.starts_with(".tmp-"));
    if (failed == "sync folder")
      CHECK(after == before);  // nothing is known to be on the disk
    else if (!all_done)
      CHECK(std::ranges::count_if(errors, [](const auto& e) { return !!e; }) == 1);
    CHECK(write(f, some_changes()) == "");
  }
  CHECK(failing > 10);
}

TEST_CASE("a file that grows too large for the disk leaves the old one as it was") {
  const temporary_directory d;
  state_folder f{state_in(d)};
  CHECK(write(f, {kept("web")}) == "");
  const auto before = files_of(state_in(d));
  rlimit usual{};
  ::getrlimit(RLIMIT_FSIZE, &usual);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{100, usual.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  const auto error = write(f, {kept("web", 7)});
  const auto removal = write(f, {removed("nobody")});
  ::setrlimit(RLIMIT_FSIZE, &usual);
  ::signal(SIGXFSZ, handler);
  CHECK(error ==
        "the state folder '" + state_in(d) + "' cannot be written: File too large");
  CHECK(removal == "");
  CHECK(files_of(state_in(d)) == before);
  CHECK(write(f, {kept("web", 7)}) == "");
}

TEST_CASE("a folder in the place of a file is an error of that target alone") {
  const temporary_directory d;
  state_folder f{state_in(d)};
  fs::create_directory(d.path() / "state/targets/web.json");
  const auto errors = f.write(std::vector{kept("web"), kept("db")});
  CHECK(errors[0]->ends_with("cannot be written: Is a directory"));
  CHECK(!errors[1]);
  CHECK(files_of(state_in(d)).size() == 2);
}

TEST_CASE("a file that cannot be set aside is not written over") {
  if (::geteuid() == 0) return;  // to whom nothing is forbidden
  const temporary_directory d;
  state_folder f{state_in(d)};
  const auto file = d.write("state/targets/web.json", "damaged");
  const auto targets = state_in(d) + "/targets";
  ::chmod(targets.c_str(), 0500);
  const auto found = f.load();
  REQUIRE(found.set_aside.size() == 1);
  CHECK(found.set_aside[0].ends_with(
      "it cannot be renamed (Permission denied), and stays as it is"));
  CHECK(write(f, {kept("web")}) != "");
  CHECK(text_of(file) == "damaged");
  ::chmod(targets.c_str(), 0700);
  CHECK(write(f, {kept("web")}) == "");
  CHECK(text_of(file + ".damaged-1") == "damaged");
}

TEST_CASE("who is killed in the middle of a write has lost nothing that was told") {
  const temporary_directory d;
  dice random{11};
  int last = 0;
  for (int life = 0; life < 12; ++life) {
    int told[2];
    REQUIRE(::pipe(told) == 0);
    const auto child = ::fork();
    if (child == 0) {
      state_folder f{state_in(d)};
      f.load();
      for (int n = last + 1;; ++n) {
        std::vector<state_change> changes{kept("a", n), kept("b", n)};
        if (n % 2 == 0) changes.push_back(removed("c"));
        if (n % 2 == 1) changes.push_back(kept("c", n));
        for (const auto& error : f.write(changes))
          if (error) ::_exit(1);
        if (::write(told[1], &n, sizeof n) != sizeof n) ::_exit(1);
      }
    }
    ::close(told[1]);
    int n = 0;
    REQUIRE(::read(told[0], &n, sizeof n) == sizeof n);  // it is at work
    std::this_thread::sleep_for(std::chrono::microseconds{random.whole(0, 60'000)});
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    for (int more = 0; ::read(told[0], &more, sizeof more) == sizeof more;) n = more;
    ::close(told[0]);

    state_folder f{state_in(d)};
    const auto found = f.load();
    CHECK(found.set_aside.empty());
    const auto is = [&](const char* name, int number) {
      const auto at = found.targets.find(name);
      return at != found.targets.end() && at->second.spec->max_replicas == number;
    };
    // What was told, or what was on its way.
    for (const auto* name : {"a", "b"}) CHECK((is(name, n) || is(name, n + 1)));
    const bool there = found.targets.contains("c");
    CHECK((there ? is("c", n) || is("c", n + 1) : true));
    for (const auto& [name, text] : files_of(state_in(d)))
      CHECK_FALSE(name.starts_with(".tmp-"));
    last = n + 1;
  }
}
