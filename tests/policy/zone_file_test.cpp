#include "policy/zone_file.hpp"

#include "tests/support/catch.hpp"

#include <date/tz.h>
#include <random>
#include <string>

using namespace scaleit::policy;

namespace {

std::string big_endian(std::int64_t n, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(n >> (8 * i) & 0xff);
  return out;
}

/// A zone with two times: an hour ahead of UTC, and two hours in between.
struct zone_parts {
  char version = '2';
  std::vector<std::int64_t> times{1000, 2000};
  std::string indices{"\x01\x00", 2};
  std::vector<std::int64_t> offsets{3600, 7200};
  std::string names{"A\0B\0", 4};
  char name_of_second = 2;
  char daylight_of_second = 1;

  std::string header() const {
    std::string out = std::string{"TZif"} + version + std::string(15, '\0');
    for (const std::size_t n : {std::size_t{0}, std::size_t{0}, std::size_t{0},
                                times.size(), offsets.size(), names.size()})
      out += big_endian(static_cast<std::int64_t>(n), 4);
    return out;
  }
  std::string data(int time_bytes) const {
    std::string out;
    for (const auto t : times) out += big_endian(t, time_bytes);
    out += indices;
    for (std::size_t i = 0; i < offsets.size(); ++i) {
      out += big_endian(offsets[i], 4);
      out +=
          i == 1 ? std::string{daylight_of_second, name_of_second} : std::string(2, '\0');
    }
    return out + names;
  }
  std::string text() const {
    if (version == '\0') return header() + data(4);
    return header() + data(4) + header() + data(8) + "\nA-1\n";
  }
};

template <class Change>
std::string said_of(Change change) {
  zone_parts z;
  change(z);
  return complaint_about_tzif(z.text()).value_or("");
}

}  // namespace

TEST_CASE("every zone of the system is a zone's file") {
  for (const auto& z : date::get_tzdb().zones) {
    CAPTURE(z.name());
    CHECK(complaint_about_zone_file(z.name()).value_or("").empty());
  }
}

TEST_CASE("a zone's file is whole with either size of numbers") {
  CHECK(said_of([](auto&) {}).empty());
  CHECK(said_of([](auto& z) { z.version = '\0'; }).empty());
  CHECK(said_of([](auto& z) { z.version = '4'; }).empty());
}

TEST_CASE("what a zone's file lacks is said") {
  CHECK(said_of([](auto& z) { z.version = '7'; }) == "has a version that is not known");
  CHECK(said_of([](auto& z) { z.times = {2000, 1000}; }) == "has times that do not grow");
  CHECK(said_of([](auto& z) { z.indices[0] = 2; }) ==
        "refers to a type that is not there");
  CHECK(said_of([](auto& z) { z.offsets[1] = 100'000; }) ==
        "has an offset of more than 26 hours");
  CHECK(said_of([](auto& z) { z.name_of_second = 4; }) ==
        "refers to a name that is not there");
  CHECK(said_of([](auto& z) { z.names = "ABCD"; }) == "has a name without end");
  CHECK(said_of([](auto& z) { z.daylight_of_second = 9; }) ==
        "has a type that is neither standard nor daylight time");
  CHECK(said_of([](auto& z) {
          z.offsets = {};
          z.times = {};
          z.indices = {};
        }) == "has no local time");
  CHECK(complaint_about_tzif("") == "is no TZif file");
  CHECK(complaint_about_tzif("# a text, and a longer one than any header would be") ==
        "is no TZif file");
}

TEST_CASE("a zone's file that is cut anywhere is not whole") {
  for (const char version : {'\0', '2'}) {
    zone_parts z;
    z.version = version;
    const auto whole = z.text();
    const auto end =
        whole.size() - (version == '\0' ? 0 : 5);  // the last line is not read
    for (std::size_t n = 0; n < end; ++n) {
      CAPTURE(n);
      CHECK(complaint_about_tzif(whole.substr(0, n)));
    }
  }
}

TEST_CASE("a zone's file of any bytes is judged without harm") {
  std::mt19937 random{7};
  const auto whole = zone_parts{}.text();
  for (int i = 0; i < 20'000; ++i) {
    auto text = whole;
    for (int changes = 1 + static_cast<int>(random() % 4); changes > 0; --changes)
      text[random() % text.size()] = static_cast<char>(random());
    if (random() % 4 == 0) text.resize(random() % text.size());
    complaint_about_tzif(text);
  }
}

TEST_CASE("what is no file at all is no zone's file") {
  CHECK(complaint_about_zone_file("../zoneinfo") == "is no file");
  CHECK(complaint_about_zone_file("Nowhere/Land") == "No such file or directory");
}
