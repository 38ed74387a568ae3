#include "spec/secret_store.hpp"

#include "messages/bounds.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <utility>
#include <vector>

using namespace scaleit;
using namespace scaleit::spec;
using test::temporary_directory;

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// A header with a file's text in it, and what is told of the file.
struct stage {
  temporary_directory at;
  std::string token = at.write("token", "one\n");
  std::vector<std::string> told;
  secret_store store;
  secret_headers headers{{{"Authorization", "Bearer ${file:" + token + "}"}}, store};
  steady_time now{};

  stage() {
    store.warn_by([this](const std::string& what) { told.push_back(what); });
    headers.refresh(now);
  }
  /// What is sent after a while.
  std::string later(steady_time::duration d = bounds::secret_look_interval) {
    now += d;
    headers.refresh(now);
    return headers.values().at(0).value;
  }
};

}  // namespace

TEST_CASE("a file that is replaced is read again") {
  stage s;
  CHECK(s.headers.values().at(0).value == "Bearer one");
  CHECK_FALSE(s.headers.refresh(s.now));
  s.at.write("token", "two\n");
  CHECK(s.later(10ms) == "Bearer one");  // it was looked at a moment ago
  CHECK(s.later() == "Bearer two");
  s.at.write("next", "three");
  fs::rename(s.at.path() / "next", s.token);
  CHECK(s.later() == "Bearer three");
  CHECK(s.told.empty());
}

TEST_CASE("a symbolic link that moves leads to another file") {
  temporary_directory at;
  fs::create_directory(at.path() / "a");
  fs::create_directory(at.path() / "b");
  at.write("a/token", "one");
  at.write("b/token", "two");
  fs::create_directory_symlink("a", at.path() / "data");
  secret_store store;
  secret_headers h{{{"X-Token", "${file:" + (at.path() / "data/token").string() + "}"}},
                   store};
  steady_time now{};
  h.refresh(now);
  CHECK(h.values().at(0).value == "one");
  fs::create_directory_symlink("b", at.path() / "next");
  fs::rename(at.path() / "next", at.path() / "data");
  CHECK(h.refresh(now += bounds::secret_look_interval));
  CHECK(h.values().at(0).value == "two");
}

TEST_CASE("what cannot be read or sent is told once, and the value before is kept") {
  stage s;
  const auto bad = [&](const std::string& sentence) {
    CAPTURE(sentence);
    s.told.clear();
    CHECK(s.later() == "Bearer one");
    CHECK(s.later() == "Bearer one");
    REQUIRE(s.told.size() == 1);
    CHECK_THAT(s.told[0], ContainsSubstring(sentence));
    CHECK_THAT(s.told[0], ContainsSubstring("; what was read before is kept"));
    s.at.write("token", "one");
    CHECK(s.later() == "Bearer one");
    REQUIRE(s.told.size() == 2);
    CHECK(s.told[1] == "${file:" + s.token + "} can be read again");
  };
  fs::remove(s.token);
  bad("No such file or directory");
  s.at.write("token", "");
  bad("is empty");
  s.at.write("token", "two\nlines");
  bad("holds a control character");
  s.at.write("token", std::string(bounds::secret_bytes_max + 1, 'x'));
  bad("is too large");
  for (const auto& line : s.told) CHECK(line.find("two") == std::string::npos);
}

TEST_CASE("a file that is another thing now is told once, and not waited for") {
  stage s;
  const auto [what, made] =
      GENERATE_COPY(values<std::pair<const char*, void (*)(const fs::path&)>>({
          {"is a directory", [](const fs::path& p) { fs::create_directory(p); }},
          {"is a pipe", [](const fs::path& p) { ::mkfifo(p.c_str(), 0600); }},
          {"is a device", [](const fs::path& p) { fs::create_symlink("/dev/zero", p); }},
          {"No such file", [](const fs::path& p) { fs::create_symlink("nowhere", p); }},
      }));
  CAPTURE(what);
  fs::remove(s.token);
  made(s.token);
  for (int i = 0; i < 3; ++i) CHECK(s.later() == "Bearer one");
  s.headers.refused();
  CHECK(s.later(bounds::secret_doubt_interval) == "Bearer one");
  REQUIRE(s.told.size() == 1);
  CHECK_THAT(s.told[0], ContainsSubstring(what));
  CHECK_THAT(s.told[0], ContainsSubstring("; what was read before is kept"));
  fs::remove(s.token);
  s.at.write("token", "two");
  CHECK(s.later() == "Bearer two");
  CHECK(s.told.size() == 2);
}

TEST_CASE("a pipe is read once, and kept in silence") {
  temporary_directory at;
  const auto pipe = (at.path() / "token").string();
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  secret_store store;
  std::vector<std::string> told;
  store.warn_by([&](const std::string& what) { told.push_back(what); });
  secret_headers h{{{"A", "${file:" + pipe + "}"}}, store};
  steady_time now{};
  {
    std::fstream writer{pipe};  // both ends, so that nobody waits
    writer << "one" << std::flush;
    std::thread closer{[&] {
      std::this_thread::sleep_for(50ms);
      writer.close();
    }};
    h.refresh(now);
    closer.join();
  }
  for (int i = 0; i < 3; ++i) h.refresh(now += bounds::secret_look_interval);
  CHECK(h.values().at(0).value == "one");
  CHECK(told.empty());
}

TEST_CASE("a value that was refused is read again at once") {
  stage s;
  const auto time = fs::last_write_time(s.token);
  s.at.write("token", "two");
  fs::last_write_time(s.token, time);
  CHECK(s.later(1ms) == "Bearer one");
  s.headers.refused();
  CHECK(s.later(1ms) == "Bearer one");  // it was read a moment ago
  CHECK(s.later(bounds::secret_doubt_interval) == "Bearer two");
}

TEST_CASE("a value that has been replaced is not doubted for the one before") {
  stage s;
  secret_headers slow{{{"A", "${file:" + s.token + "}"}}, s.store};
  slow.refresh(s.now);
  s.at.write("token", "two");
  CHECK(s.later() == "Bearer two");
  const auto time = fs::last_write_time(s.token);
  s.at.write("token", "new");
  fs::last_write_time(s.token, time);
  slow.refused();  // "one", which was sent long ago
  CHECK(s.later(bounds::secret_doubt_interval) == "Bearer two");
}

TEST_CASE("variables and literals stay") {
  secret_store store{environment{{{"TOKEN", "s3cret\n"}, {"EMPTY", ""}}}};
  secret_headers h{{{"A", "x ${TOKEN}${EMPTY}"}, {"B", "plain"}, {"C", "${TOKEN"}},
                   store};
  CHECK(h.values() ==
        std::vector<header>{{"A", "x s3cret"}, {"B", "plain"}, {"C", "${TOKEN"}});
  CHECK_FALSE(h.refresh({}));
}

TEST_CASE("ten thousand who name one file share what is read of it") {
  temporary_directory at;
  const auto token = at.write("token", "one");
  secret_store store;
  std::vector<secret_headers> all;
  for (int i = 0; i < 10'000; ++i)
    all.emplace_back(std::vector<header>{{"A", "${file:" + token + "}"}}, store);
  for (auto& h : all) CHECK(h.refresh({}));
  fs::remove(token);  // and nobody looks again so soon
  for (auto& h : all) CHECK_FALSE(h.refresh({}));
  CHECK(all.back().values().at(0).value == "one");
}
