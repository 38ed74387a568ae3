#include "record/record_writer.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"
#include "tests/support/record_lines.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <random>
#include <set>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

using namespace scaleit;
using namespace scaleit::record;
using namespace scaleit::test;

namespace {

namespace fs = std::filesystem;

spec::record_spec small(const temporary_directory& d) {
  return {record_in(d), 10'000, 1'000'000};
}

void append(record_writer& w, std::uint64_t first, std::uint64_t last) {
  for (auto id = first; id <= last;) {
    const auto from = id;
    std::string lines;
    for (const auto room = w.room(); id <= last && lines.size() < room;)
      lines += record_line(id++);
    const auto o = w.append(from, lines);
    REQUIRE(!o.error);
    REQUIRE(o.written == lines.size());
  }
}

void tidy_all(record_writer& w) {
  std::error_code error;
  while (w.tidy(error)) REQUIRE(!error);
  REQUIRE(!error);
}

std::set<std::string> files(const std::string& directory) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator{directory})
    names.insert(entry.path().filename().string());
  return names;
}

std::size_t files_of_events(const std::string& directory) {
  return record::list_segments(directory).size();
}

template <class F>
std::string refusal(F open) {
  try {
    open();
  } catch (const record_error& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a record is created, and goes on after the last id") {
  const temporary_directory d;
  {
    record_writer w{{record_in(d)}};
    CHECK(w.last_id() == 0);
    append(w, 1, 5);
    CHECK(!w.sync());
  }
  record_writer w{{record_in(d)}};
  CHECK(w.last_id() == 5);
  append(w, 6, 7);
  CHECK(files(record_in(d)) == std::set<std::string>{"events-1.jsonl", "lock"});
  CHECK(read_record(record_in(d)).ids == ids(1, 7));
}

TEST_CASE("segments are named by their first id, and the older ones compressed") {
  const temporary_directory d;
  record_writer w{small(d)};
  for (std::uint64_t id = 1; id <= 1000; id += 10) append(w, id, id + 9);
  const auto before = read_record(record_in(d));
  CHECK(before.ids == ids(1, 1000));
  const auto plain = record::list_segments(record_in(d));
  CHECK(plain.size() > 10);
  for (const auto& s : plain) CHECK(s.bytes < 10'000 + record_line(1000).size());
  tidy_all(w);
  CHECK(read_record(record_in(d)).ids == ids(1, 1000));
  const auto all = record::list_segments(record_in(d));
  CHECK(all.size() == plain.size());
  for (const auto& s : all) CHECK(s.compressed == (&s != &all.back()));
  for (const auto& name : files(record_in(d))) CHECK_FALSE(name.ends_with(".tmp"));
  append(w, 1001, 1002);
  CHECK(read_record(record_in(d)).report.sentences().empty());
}

TEST_CASE("a large batch is cut into segments at the ends of lines") {
  const temporary_directory d;
  record_writer w{small(d)};
  append(w, 1, 1000);
  CHECK(record::list_segments(record_in(d)).size() > 10);
  const auto r = read_record(record_in(d));
  CHECK(r.ids == ids(1, 1000));
  CHECK(r.report.sentences().empty());
}

TEST_CASE("the oldest segments are removed, and the newest never") {
  const temporary_directory d;
  record_writer w{{record_in(d), 10'000, 50'000}};
  for (std::uint64_t id = 1; id <= 20'000; id += 100) {
    append(w, id, id + 99);
    tidy_all(w);
  }
  std::uint64_t bytes = 0;
  for (const auto& s : record::list_segments(record_in(d))) bytes += s.bytes;
  CHECK(bytes <= 50'000 + 10'000);
  const auto r = read_record(record_in(d));
  CHECK(r.ids.front() > 1);
  CHECK(r.ids.back() == 20'000);
  CHECK(r.report.missing == 0);
}

TEST_CASE("nothing is written behind a torn line") {
  const temporary_directory d;
  fs::create_directory(record_in(d));
  d.write("record/events-1.jsonl", record_lines(1, 5) + record_line(6).substr(0, 30));
  record_writer w{{record_in(d)}};
  CHECK(w.last_id() == 5);
  append(w, 6, 8);
  CHECK(files(record_in(d)).contains("events-6.jsonl"));
  const auto r = read_record(record_in(d));
  CHECK(r.ids == ids(1, 8));
  CHECK(r.report.torn == 1);
  CHECK(r.report.damaged == 0);
}

TEST_CASE("a segment that holds nothing but a torn line has used up its id") {
  const temporary_directory d;
  fs::create_directory(record_in(d));
  d.write("record/events-1.jsonl", record_lines(1, 5));
  d.write("record/events-6.jsonl", record_line(6).substr(0, 30));
  d.write("record/events-7.jsonl", "");
  record_writer w{{record_in(d)}};
  CHECK(w.last_id() == 6);
  append(w, 7, 8);
  CHECK(read_record(record_in(d)).ids.back() == 8);
}

TEST_CASE("ids go on after a compressed segment, and after unknown types") {
  const temporary_directory d;
  {
    record_writer w{small(d)};
    append(w, 1, 500);
    tidy_all(w);
  }
  fs::remove(
      record_in(d) + "/" +
      record::segment_name(record::list_segments(record_in(d)).back().first_id, false));
  REQUIRE(record::list_segments(record_in(d)).back().compressed);
  const auto last = read_record(record_in(d)).ids.back();
  CHECK(record_writer{small(d)}.last_id() == last);

  const temporary_directory other;
  fs::create_directory(record_in(other));
  auto unknown = record_line(77);
  unknown.replace(unknown.find("scale.requested"), 15, "forecast.madeup");
  other.write("record/events-1.jsonl", record_line(1) + unknown);
  CHECK(record_writer{{record_in(other)}}.last_id() == 77);
}

TEST_CASE("what an interrupted compression has left is cleared away and done again") {
  const temporary_directory d;
  {
    record_writer w{small(d)};
    append(w, 1, 500);
  }
  d.write("record/events-1.jsonl.zst", "whole, but the plain one is still there");
  d.write("record/events-1.jsonl.zst.tmp", "half");
  CHECK(read_record(record_in(d)).ids == ids(1, 500));
  record_writer w{small(d)};
  CHECK_FALSE(files(record_in(d)).contains("events-1.jsonl.zst.tmp"));
  tidy_all(w);
  CHECK_FALSE(files(record_in(d)).contains("events-1.jsonl"));
  CHECK(read_record(record_in(d)).ids == ids(1, 500));
}

TEST_CASE("two writers never share a record") {
  const temporary_directory d;
  record_writer w{{record_in(d)}};
  CHECK_THROWS_AS((record_writer{{record_in(d)}}), record_locked);
  CHECK_THAT(refusal([&] { record_writer{{record_in(d)}}; }),
             ContainsSubstring("is being written by another daemon"));
}

TEST_CASE("a directory that cannot be used is refused in one line") {
  const temporary_directory d;
  const auto file = d.write("file", "x");
  CHECK_THAT(refusal([&] { record_writer{{file}}; }),
             ContainsSubstring("the record '" + file + "' cannot be written: "));
  CHECK_THAT(refusal([&] { record_writer{{file + "/x"}}; }),
             ContainsSubstring("Not a directory; accepted: a directory that can be"));
  CHECK_THAT(refusal([&] { record_writer{{"/proc/x"}}; }), ContainsSubstring("/proc/x"));
}

TEST_CASE("a directory that is removed or moved away is made anew") {
  const temporary_directory d;
  record_writer w{{record_in(d)}};
  append(w, 1, 5);
  fs::rename(record_in(d), d.path() / "elsewhere");
  append(w, 6, 7);
  CHECK(read_record(record_in(d)).ids == ids(6, 7));
  CHECK(read_record((d.path() / "elsewhere").string()).ids == ids(1, 5));
  fs::remove_all(record_in(d));
  append(w, 8, 9);
  CHECK(read_record(record_in(d)).ids == ids(8, 9));
  CHECK_THROWS_AS((record_writer{{record_in(d)}}), record_locked);
}

TEST_CASE(
    "a disk that is full is an error, and what was not written can be tried again") {
  const temporary_directory d;
  record_writer w{{record_in(d)}};
  fs::create_symlink("/dev/full", record_in(d) + "/events-1.jsonl");
  const auto lines = record_lines(1, 100);
  for (int i = 0; i < 3; ++i) {
    const auto o = w.append(1, lines);
    CHECK(o.error == std::errc::no_space_on_device);
    CHECK(o.written == 0);
  }
  fs::remove(record_in(d) + "/events-1.jsonl");
  append(w, 1, 100);
  CHECK(read_record(record_in(d)).ids == ids(1, 100));
}

TEST_CASE("a write that stops in the middle of a line leaves whole lines only") {
  const temporary_directory d;
  record_writer w{{record_in(d)}};
  append(w, 1, 3);
  const auto before = ::signal(SIGXFSZ, SIG_IGN);
  rlimit files{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &files) == 0);
  const rlimit tight{5'000, files.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &tight) == 0);
  const auto lines = record_lines(4, 100);
  const auto o = w.append(4, lines);
  ::setrlimit(RLIMIT_FSIZE, &files);
  ::signal(SIGXFSZ, before);
  CHECK(o.error == std::errc::file_too_large);
  CHECK(o.written > 1000);
  CHECK(lines[o.written - 1] == '\n');
  const auto meanwhile = read_record(record_in(d));
  CHECK(meanwhile.report.torn == 0);
  const auto rest = lines.substr(o.written);
  const auto next =
      4 +
      static_cast<std::uint64_t>(std::count(
          lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(o.written), '\n'));
  CHECK(w.append(next, rest).written == rest.size());
  // What may be torn is not gone on with.
  CHECK(files_of_events(record_in(d)) == 2);
  const auto r = read_record(record_in(d));
  CHECK(r.ids == ids(1, 100));
  CHECK(r.report.sentences().empty());
}

TEST_CASE("every segment begins with its head, which does not count for its length") {
  const temporary_directory d;
  const std::string head(25'000, ' ');
  {
    record_writer w{small(d)};
    w.begin_segments_with([&](const record_writer::write_lines& write) {
      for (int piece = 0; piece < 10; ++piece)
        if (const auto error = write(head.substr(0, 2'499) + "\n")) return error;
      return std::error_code{};
    });
    append(w, 1, 1000);
  }
  const auto all = record::list_segments(record_in(d));
  CHECK(all.size() > 3);
  for (const auto& s : all) {
    CHECK(s.bytes < 2 * head.size() + record_line(1000).size());
    if (&s != &all.back()) CHECK(s.bytes >= 2 * head.size());
  }
  CHECK(read_record(record_in(d)).ids == ids(1, 1000));
}

TEST_CASE("a head that cannot be written leaves no segment, and is tried again") {
  const temporary_directory d;
  record_writer w{{record_in(d)}};
  bool full = true;
  w.begin_segments_with([&](const record_writer::write_lines& write) {
    if (const auto error = write("\n")) return error;
    return full ? std::make_error_code(std::errc::no_space_on_device) : std::error_code{};
  });
  CHECK(w.append(1, record_lines(1, 3)).error == std::errc::no_space_on_device);
  CHECK(files_of_events(record_in(d)) == 0);
  full = false;
  append(w, 1, 3);
  CHECK(read_record(record_in(d)).ids == ids(1, 3));
}
