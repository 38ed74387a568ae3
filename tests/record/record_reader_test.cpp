#include "record/record_reader.hpp"

#include "messages/bounds.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"
#include "tests/support/record_lines.hpp"

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <zstd.h>

using namespace scaleit;
using namespace scaleit::record;
using namespace scaleit::test;

namespace {

std::string compressed(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

std::string refusal(const std::string& path) {
  try {
    read_record(path);
  } catch (const record_error& e) {
    return e.what();
  }
  return "accepted";
}

std::string type_changed(std::uint64_t id, const std::string& type) {
  auto line = record_line(id);
  const std::string old = "scale.requested";
  return line.replace(line.find(old), old.size(), type);
}

}  // namespace

TEST_CASE("segments are read in the order of their ids, plain and compressed") {
  const temporary_directory d;
  d.write("events-9.jsonl.zst", compressed(record_lines(9, 10)));
  d.write("events-1.jsonl", record_lines(1, 8));
  d.write("events-11.jsonl", record_lines(11, 100));
  d.write("events-101.jsonl", record_lines(101, 103));
  d.write("lock", "");
  d.write("events-50.jsonl.zst.tmp", "half");
  d.write("events-x.jsonl", "other");
  d.write("notes.txt", "other");
  const auto r = read_record(d.path().string());
  CHECK(r.ids == ids(1, 103));
  CHECK(r.report.events == 103);
  CHECK(r.report.sentences().empty());
}

TEST_CASE("of a segment that is there twice the plain one is read") {
  const temporary_directory d;
  d.write("events-1.jsonl.zst", compressed(record_lines(1, 2)));
  d.write("events-1.jsonl", record_lines(1, 5));
  CHECK(read_record(d.path().string()).ids == ids(1, 5));
}

TEST_CASE("a single file is read, compressed or not, whatever its name") {
  const temporary_directory d;
  CHECK(read_record(d.write("a", record_lines(3, 9))).ids == ids(3, 9));
  CHECK(read_record(d.write("b", compressed(record_lines(3, 9)))).ids == ids(3, 9));
  const auto frames = compressed(record_lines(1, 5)) + compressed(record_lines(6, 9));
  CHECK(read_record(d.write("c", frames)).ids == ids(1, 9));
}

TEST_CASE("standard input and pipes are read") {
  const temporary_directory d;
  const auto pipe = (d.path() / "pipe").string();
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  for (const auto& bytes :
       {record_lines(1, 5000), compressed(record_lines(1, 5000)), std::string{}}) {
    std::thread writer{[&] { std::ofstream{pipe, std::ios::binary} << bytes; }};
    const int saved = ::dup(STDIN_FILENO);
    const int in = ::open(pipe.c_str(), O_RDONLY);
    ::dup2(in, STDIN_FILENO);
    if (bytes.empty()) {
      CHECK_THAT(refusal("-"),
                 ContainsSubstring("the record on standard input is empty"));
    } else {
      record_reader reader{"-"};
      CHECK_FALSE(reader.bytes_total());
      std::size_t n = 0;
      for (recorded_event e; reader.next(e);) ++n;
      CHECK(n == 5000);
      CHECK(reader.bytes_read() == bytes.size());
    }
    ::dup2(saved, STDIN_FILENO);
    ::close(saved);
    ::close(in);
    writer.join();
  }
}

TEST_CASE("a torn last line of a segment is reported once, and is no damage") {
  const temporary_directory d;
  const auto torn = record_line(6).substr(0, 40);
  d.write("events-1.jsonl", record_lines(1, 5) + torn);
  d.write("events-6.jsonl", record_lines(6, 8));
  const auto r = read_record(d.path().string());
  CHECK(r.ids == ids(1, 8));
  CHECK(r.report.torn == 1);
  CHECK(r.report.damaged == 0);
  CHECK(r.report.missing == 0);
  REQUIRE(r.report.torn_lines.size() == 1);
  CHECK(r.report.torn_lines[0].offset == record_lines(1, 5).size());
  CHECK_THAT(r.report.torn_lines[0].file, ContainsSubstring("events-1.jsonl"));
}

TEST_CASE("a last line that only lacks its newline is taken") {
  const temporary_directory d;
  auto lines = record_lines(1, 5);
  lines.pop_back();
  const auto r = read_record(d.write("events-1.jsonl", lines));
  CHECK(r.ids == ids(1, 5));
  CHECK(r.report.torn == 0);
}

TEST_CASE("wherever a segment is torn, the lines before are read") {
  const temporary_directory d;
  const auto lines = record_lines(1, 3);
  for (std::size_t n = 1; n < lines.size(); n += 7) {
    const auto whole = count_of("\n", lines.substr(0, n + 1));
    const auto r = read_record(d.write("cut", lines.substr(0, n)));
    CAPTURE(n);
    CHECK(r.ids.size() == whole);
    CHECK(r.report.damaged == 0);
    CHECK(r.report.torn == (lines[n - 1] == '\n' || lines[n] == '\n' ? 0 : 1));
  }
}

TEST_CASE("compressed data that is cut off is a torn tail") {
  const temporary_directory d;
  const auto whole = compressed(record_lines(1, 20'000));
  const auto r = read_record(d.write("cut.zst", whole.substr(0, whole.size() / 2)));
  CHECK(r.ids.size() < 20'000);
  CHECK(r.report.torn == 1);
  CHECK(r.report.damaged == 0);
  const auto tiny = read_record(d.write("tiny.zst", whole.substr(0, 6)));
  CHECK(tiny.ids.empty());
  CHECK(tiny.report.torn == 1);
}

TEST_CASE("compressed data that is damaged is damage, and later segments are read") {
  const temporary_directory d;
  auto bytes = compressed(record_lines(1, 20'000));
  for (std::size_t i = bytes.size() / 2; i < bytes.size() / 2 + 100; ++i) bytes[i] = 'x';
  d.write("events-1.jsonl.zst", bytes);
  d.write("events-20001.jsonl", record_lines(20'001, 20'002));
  const auto r = read_record(d.path().string());
  CHECK(r.report.damaged >= 1);
  CHECK(r.ids.back() == 20'002);
  CHECK_THAT(r.report.damage.back().reason, ContainsSubstring("compressed data"));
}

TEST_CASE("damaged lines are counted, told with their place, and passed over") {
  const temporary_directory d;
  std::string text = record_lines(1, 2) + "garbage\n" + record_line(3);
  const auto second = text.size();
  text += std::string("\0\0\0\0\n", 5) + record_lines(4, 5);
  const auto r = read_record(d.write("events-1.jsonl", text));
  CHECK(r.ids == ids(1, 5));
  REQUIRE(r.report.damaged == 2);
  CHECK(r.report.damage[0].offset == record_lines(1, 2).size());
  CHECK_THAT(r.report.damage[0].reason, ContainsSubstring("not JSON"));
  CHECK(r.report.damage[1].offset == second);
  const auto told = r.report.sentences();
  REQUIRE(told.size() == 2);
  CHECK_THAT(told[1], ContainsSubstring("events-1.jsonl: damaged line at byte " +
                                        std::to_string(second) + ": not JSON"));
}

TEST_CASE("of much damage the first ten are told and all are counted") {
  const temporary_directory d;
  std::string text = record_line(1);
  for (int i = 0; i < 25; ++i) text += "x\n";
  const auto r = read_record(d.write("events-1.jsonl", text + record_line(2)));
  CHECK(r.ids == ids(1, 2));
  CHECK(r.report.damaged == 25);
  CHECK(r.report.damage.size() == 10);
  CHECK(r.report.sentences().back() == "and 15 more");
}

TEST_CASE("a line that is too long is damage, and the next one is read") {
  const temporary_directory d;
  const std::string longest(bounds::record_line_bytes_max, ' ');
  const auto r =
      read_record(d.write("a", record_line(1) + longest + "xxxxxxx\n" + longest +
                                   longest + longest + "x\n" + record_line(2)));
  CHECK(r.ids == ids(1, 2));
  CHECK(r.report.damaged == 2);
  CHECK_THAT(r.report.damage[0].reason, ContainsSubstring("longer than 4194304 bytes"));
  const auto fits = record_line(1).substr(0, record_line(1).size() - 2);
  const auto padded = fits + longest.substr(fits.size() + 1) + "}\n" + record_line(2);
  CHECK(read_record(d.write("b", padded)).ids == ids(1, 2));
}

TEST_CASE("CRLF, blank lines and a byte order mark are no damage") {
  const temporary_directory d;
  auto line = record_line(1);
  line.insert(line.size() - 1, "\r");
  const auto r =
      read_record(d.write("a", "\xEF\xBB\xBF" + line + "\n\r\n  \n" + record_line(2)));
  CHECK(r.ids == ids(1, 2));
  CHECK(r.report.damaged == 0);
}

TEST_CASE("unknown types and newer formats are told and do not stop the reader") {
  const temporary_directory d;
  event started;
  started.sequence = 2;
  started.data = daemon_started{"9.0.0", 3};
  const auto r =
      read_record(d.write("a", record_line(1) + to_json(started) + "\n" +
                                   type_changed(3, "forecast.made") + record_line(4)));
  CHECK(r.ids == std::vector<std::uint64_t>{1, 2, 4});
  CHECK(r.report.unknown == 1);
  CHECK(r.report.missing == 0);
  REQUIRE(r.report.warnings.size() == 1);
  CHECK_THAT(r.report.warnings[0], ContainsSubstring("format is 3, and 1 is the newest"));
}

TEST_CASE("ids that never came and ids that came twice are counted") {
  const temporary_directory d;
  const auto r = read_record(
      d.write("a", record_lines(5, 6) + record_lines(10, 11) + record_lines(11, 12)));
  CHECK(r.report.missing == 3);
  CHECK(r.report.repeated == 1);
  CHECK(r.report.damaged == 0);
  CHECK(r.report.last_id == 12);
}

TEST_CASE("what is no record at all is an error of one line") {
  const temporary_directory d;
  CHECK(refusal("/no/such/record") ==
        "the record '/no/such/record' cannot be read: No such file or directory; "
        "accepted: a directory of events-<id>.jsonl, a file, or - for standard input");
  CHECK_THAT(refusal(d.path().string()), ContainsSubstring("holds no segment"));
  CHECK_THAT(refusal(d.write("empty", "")), ContainsSubstring("is empty"));
  d.write("events-1.jsonl", "");
  CHECK_THAT(refusal(d.path().string()), ContainsSubstring("is empty"));
  CHECK_THAT(refusal("/dev/null"), ContainsSubstring("is empty"));
  CHECK_THAT(refusal(d.write("file", "x") + "/x"), ContainsSubstring("Not a directory"));
}

TEST_CASE("a segment that is removed while the record is read is told") {
  const temporary_directory d;
  d.write("events-1.jsonl", record_lines(1, 2));
  d.write("events-3.jsonl", record_lines(3, 4));
  d.write("events-5.jsonl", record_lines(5, 6));
  record_reader reader{d.path().string()};
  recorded_event e;
  REQUIRE(reader.next(e));
  std::filesystem::remove(d.path() / "events-3.jsonl");
  std::filesystem::remove(d.path() / "events-5.jsonl");
  d.write("events-5.jsonl.zst", compressed(record_lines(5, 6)));
  std::vector<std::uint64_t> rest;
  while (reader.next(e)) rest.push_back(e.sequence);
  CHECK(rest == std::vector<std::uint64_t>{2, 5, 6});
  CHECK(reader.report().damaged == 1);
  CHECK_THAT(reader.report().damage[0].reason, ContainsSubstring("removed"));
}

TEST_CASE("the memory of a reader does not grow with the record") {
  const temporary_directory d;
  const auto lines = record_lines(1, 20'000);
  {
    std::ofstream out{d.path() / "events-1.jsonl", std::ios::binary};
    for (int i = 0; i < 6; ++i) out << lines;
  }
  rusage before{}, after{};
  ::getrusage(RUSAGE_SELF, &before);
  record_reader reader{d.path().string()};
  std::uint64_t n = 0;
  for (recorded_event e; reader.next(e);) ++n;
  ::getrusage(RUSAGE_SELF, &after);
  CHECK(n == 120'000);
  CHECK(reader.bytes_read() == *reader.bytes_total());
  CHECK(after.ru_maxrss - before.ru_maxrss < 8 * 1024);  // KiB; the record is 18 MB
}
