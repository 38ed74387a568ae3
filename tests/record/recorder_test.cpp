// The recorder on real files and real bad disks. Its thread lives in real time; nothing
// here waits longer than it takes to see what is to be seen.
#include "record/recorder.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"
#include "tests/support/record_lines.hpp"

#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace scaleit;
using namespace scaleit::record;
using namespace scaleit::test;
using record::recorder;

namespace {

namespace fs = std::filesystem;

recorder::clock real_clock() {
  return [] { return std::chrono::steady_clock::now(); };
}

/// Events of about `bytes` each, with the ids from `first` to `last`.
void take(recorder& r, std::uint64_t first, std::uint64_t last, std::size_t bytes = 200) {
  event e;
  e.data = actor_crashed{"poller", std::string(bytes, 'x')};
  for (e.sequence = first; e.sequence <= last; ++e.sequence) r.take(e);
}

/// In a process of its own: writes, compresses and removes until it is killed.
[[noreturn]] void write_for_ever(const std::string& directory) {
  record_writer w{{directory, 20'000, 100'000'000}};
  std::error_code error;
  for (auto id = w.last_id() + 1;; id += 20) {
    w.append(id, record_lines(id, id + 19));
    w.tidy(error);
  }
}

}  // namespace

TEST_CASE("a process that is killed at any moment leaves a record that can be read") {
  const temporary_directory d;
  std::uint64_t last = 0;
  const auto bytes = [&] {
    std::error_code gone;
    std::uint64_t sum = 0;
    for (const auto& entry : fs::directory_iterator{record_in(d), gone})
      sum += entry.file_size(gone);
    return sum;
  };
  for (std::uint64_t kill = 1; kill <= tries(25u); ++kill) {
    const auto before = bytes();
    const auto child = ::fork();
    if (child == 0) write_for_ever(record_in(d));
    REQUIRE(eventually([&] { return bytes() > before + 1000 * kill; }));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const auto r = read_record(record_in(d));
    CAPTURE(kill);
    REQUIRE(r.ids == ids(1, r.ids.size()));
    REQUIRE(r.ids.back() > last);
    last = r.ids.back();
    REQUIRE(r.report.damaged + r.report.repeated + r.report.missing == 0);
    REQUIRE(r.report.torn <= kill);
  }
  if (!sanitized) CHECK(record::list_segments(record_in(d)).front().compressed);
}

TEST_CASE("the recorder writes within a second, and all of it at its end") {
  const temporary_directory d;
  recorder r{{record_in(d)}, real_clock()};
  take(r, 1, 100);
  CHECK(eventually([&] { return r.state().bytes > 0; }, std::chrono::seconds{1}));
  take(r, 101, 20'000);
  r.stop();
  CHECK(r.state().dropped == 0);
  const auto all = read_record(record_in(d));
  CHECK(all.ids == ids(1, 20'000));
  CHECK(all.report.sentences().empty());
  CHECK(r.state().bytes == fs::file_size(record_in(d) + "/events-1.jsonl"));
}

TEST_CASE("a disk that is full is tried again until it is not, and nothing is lost") {
  const temporary_directory d;
  recorder r{{record_in(d)}, real_clock()};
  fs::create_symlink("/dev/full", record_in(d) + "/events-1.jsonl");
  take(r, 1, 100);
  REQUIRE(eventually([&] { return r.state().errors >= 2; }));
  CHECK_FALSE(r.state().writing);
  CHECK(r.state().error == "No space left on device");
  take(r, 101, 200);
  fs::remove(record_in(d) + "/events-1.jsonl");
  REQUIRE(eventually([&] { return r.state().writing; }));
  r.stop();
  CHECK(read_record(record_in(d)).ids == ids(1, 200));
  CHECK(r.state().dropped == 0);
}

TEST_CASE("a real full disk leaves a record that can be read, and is gone on with") {
  const temporary_directory d;
  const auto disk = d.path() / "disk";
  fs::create_directory(disk);
  if (::mount("none", disk.c_str(), "tmpfs", 0, "size=256k") != 0) {
    WARN("no tmpfs may be mounted here");
    return;
  }
  {
    recorder r{{(disk / "record").string()}, real_clock()};
    std::ofstream{disk / "ballast"} << std::string(100'000, 'x') << std::flush;
    take(r, 1, 600);
    CHECK(eventually([&] { return r.state().errors >= 2; }));
    const auto meanwhile = read_record((disk / "record").string());
    CHECK(meanwhile.ids.size() > 100);
    CHECK(meanwhile.ids == ids(1, meanwhile.ids.size()));
    CHECK(meanwhile.report.sentences().empty());
    fs::remove(disk / "ballast");
    CHECK(eventually([&] { return r.state().writing; }));
    r.stop();
    const auto all = read_record((disk / "record").string());
    CHECK(all.ids == ids(1, 600));
    CHECK(all.report.sentences().empty());
  }
  ::umount2(disk.c_str(), MNT_DETACH);
}

TEST_CASE("a disk that fails to the end costs what is counted, and no time") {
  const temporary_directory d;
  recorder r{{record_in(d)}, real_clock()};
  fs::create_symlink("/dev/full", record_in(d) + "/events-1.jsonl");
  take(r, 1, 50);
  REQUIRE(eventually([&] { return r.state().errors >= 3; }));
  r.stop();  // one more try, and no wait for a better one
  CHECK(r.state().dropped == 50);
}

TEST_CASE("a directory that vanishes is made anew") {
  const temporary_directory d;
  recorder r{{record_in(d)}, real_clock()};
  take(r, 1, 10);
  REQUIRE(eventually(
      [&] { return lines_of(text_of(record_in(d) + "/events-1.jsonl")).size() == 10; }));
  fs::remove_all(record_in(d));
  take(r, 11, 20);
  r.stop();
  CHECK(read_record(record_in(d)).ids == ids(11, 20));
}

TEST_CASE("a slow disk never holds up who hands events over") {
  const temporary_directory d;
  recorder r{{record_in(d)}, real_clock()};
  // A pipe in the place of the segment, which nobody reads yet.
  const auto pipe = record_in(d) + "/events-1.jsonl";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const int out = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  constexpr std::uint64_t events = 20'000;
  take(r, 1, events, 1000);  // more than the buffer holds; who waited would wait for ever
  const auto dropped = r.state().dropped;
  CHECK(dropped > 1000);
  CHECK((events - dropped) * 1100 < 2 * bounds::record_buffer_bytes_max);

  ::fcntl(out, F_SETFL, 0);
  std::string text;
  std::thread reader{[&] {
    std::string part(1 << 16, '\0');
    for (ssize_t n = 0; (n = ::read(out, part.data(), part.size())) > 0;)
      text.append(part, 0, static_cast<std::size_t>(n));
  }};
  REQUIRE(eventually([&] { return r.state().bytes > 0; }));
  take(r, events + 1, events + 1);
  r.stop();
  reader.join();
  ::close(out);
  const auto all = read_record(d.write("seen.jsonl", text));
  CHECK(r.state().dropped == dropped);
  CHECK(all.ids.size() == events + 1 - dropped);
  CHECK(all.ids.back() == events + 1);
  CHECK(all.report.missing == dropped);
  CHECK(all.report.damaged == 0);
}

TEST_CASE("an event that cannot be made into a line leaves no half of one") {
  const temporary_directory d;
  recorder r{{record_in(d)}, real_clock()};
  take(r, 1, 1);
  event bad;
  bad.sequence = 2;
  bad.target = std::make_shared<target_spec>();  // no metric to speak of
  decision made{1, 1, 1, {}};
  made.steps.push_back({rule::target, 0, 1, 1, {}});
  bad.data = decision_made{made};
  CHECK_THROWS(r.take(bad));
  take(r, 3, 3);
  r.stop();
  const auto all = read_record(record_in(d));
  CHECK(all.ids == std::vector<std::uint64_t>{1, 3});
  CHECK(all.report.damaged == 0);
}

TEST_CASE("each segment says who the targets are, as of its beginning") {
  const temporary_directory d;
  const auto spec = [](const std::string& name, double target) {
    auto s = app_spec(name);
    s.metrics[0].target = target;
    return std::make_shared<const target_spec>(s);
  };
  std::uint64_t id = 0;
  {
    recorder r{{record_in(d), 10'000, 10'000'000}, real_clock()};
    const auto say = [&](target_ptr target, event::payload what) {
      event e;
      e.sequence = ++id;
      e.target = std::move(target);
      e.data = std::move(what);
      r.take(e);
    };
    const auto talk = [&] {
      for (int i = 0; i < 100; ++i)
        say(nullptr, actor_crashed{"poller", std::string(200, 'x')});
    };
    for (const std::string name : {"a", "b", "c"}) say(spec(name, 0.8), target_added{});
    talk();
    say(spec("a", 0.5), target_changed{});
    talk();
    say(spec("b", 0.8), target_removed{});
    talk();
    r.stop();
  }
  CHECK(read_record(record_in(d)).report.sentences().empty());
  const auto all = record::list_segments(record_in(d));
  REQUIRE(all.size() > 6);
  std::set<std::vector<std::string>> heads;
  for (const auto& s : all) {
    record_reader reader{record_in(d) + "/" +
                         record::segment_name(s.first_id, s.compressed)};
    std::vector<std::string> head;
    std::uint64_t before = 0;
    for (recorded_event e; reader.next(e);) {
      CHECK(e.sequence > before);  // growing, the head included
      before = e.sequence;
      CHECK(e.restated() == (e.sequence < s.first_id));
      if (!e.restated()) continue;
      const bool half = e.spec.find("\"target\":0.5") != std::string::npos;
      head.push_back(std::string{e.name} + (half ? " 0.5" : " 0.8"));
    }
    CHECK(reader.report().sentences().empty());
    heads.insert(head);
  }
  CHECK(heads == std::set<std::vector<std::string>>{{},
                                                    {"a 0.8", "b 0.8", "c 0.8"},
                                                    {"b 0.8", "c 0.8", "a 0.5"},
                                                    {"c 0.8", "a 0.5"}});
  CHECK(record_writer{{record_in(d)}}.last_id() == id);
}
