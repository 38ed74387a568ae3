#include "policy/cron.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/patience.hpp"

#include <random>
#include <regex>

using Catch::Matchers::EndsWith;
using namespace scaleit::policy;
using namespace std::chrono_literals;
using std::chrono::day;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::month;
using std::chrono::year;

namespace {

cron line(std::string_view text) {
  auto read = cron::parse(text);
  if (auto* wrong = std::get_if<std::string>(&read)) FAIL(*wrong);
  return std::get<cron>(read);
}

wall_minute at(int y, unsigned m, unsigned d, int hour, int minute) {
  return local_days{year{y} / month{m} / day{d}} + hours{hour} + minutes{minute};
}

/// How many minutes of 2024, a leap year, match.
int matches_in_2024(const cron& c) {
  int n = 0;
  for (auto t = at(2024, 1, 1, 0, 0); t < at(2025, 1, 1, 0, 0); t += minutes{1})
    n += c.matches(t) ? 1 : 0;
  return n;
}

}  // namespace

TEST_CASE("a cron line matches what it says") {
  struct row {
    const char* text;
    wall_minute t;
    bool matches;
  };
  // 2024-01-01 was a Monday.
  const row rows[] = {
      {"* * * * *", at(2024, 5, 17, 13, 59), true},
      {"0 8 * * 1-5", at(2024, 1, 1, 8, 0), true},
      {"0 8 * * 1-5", at(2024, 1, 1, 8, 1), false},
      {"0 8 * * 1-5", at(2024, 1, 6, 8, 0), false},
      {"*/5 * * * *", at(2024, 1, 1, 0, 55), true},
      {"*/5 * * * *", at(2024, 1, 1, 0, 56), false},
      {"10-50/10 * * * *", at(2024, 1, 1, 0, 50), true},
      {"10-50/10 * * * *", at(2024, 1, 1, 0, 0), false},
      {"5/15 * * * *", at(2024, 1, 1, 0, 50), true},
      {"5/15 * * * *", at(2024, 1, 1, 0, 0), false},
      {"5/15 * * * *", at(2024, 1, 1, 0, 6), false},
      {"0,30 1,13-14 * * *", at(2024, 1, 1, 14, 30), true},
      {"0,30 1,13-14 * * *", at(2024, 1, 1, 2, 30), false},
      {"0 0 * feb mon", at(2024, 2, 5, 0, 0), true},
      {"0 0 * feb mon", at(2024, 3, 4, 0, 0), false},
      {"0 0 * JAN-MAR,dec *", at(2024, 12, 31, 0, 0), true},
      {"0 0 * JAN-MAR,dec *", at(2024, 4, 1, 0, 0), false},
      {"0 0 * * 0", at(2024, 1, 7, 0, 0), true},
      {"0 0 * * 7", at(2024, 1, 7, 0, 0), true},
      {"0 0 * * 5-7", at(2024, 1, 7, 0, 0), true},
      {"0 0 * * SAT-SUN", at(2024, 1, 7, 0, 0), true},
      {"0 0 * * SAT-SUN", at(2024, 1, 5, 0, 0), false},
      {"0 0 * * 7-1", at(2024, 1, 1, 0, 0), true},
      {"0 0 * * 7-1", at(2024, 1, 2, 0, 0), false},
      {"0 0 29 2 *", at(2024, 2, 29, 0, 0), true},
      {"  0\t 0   1 * * ", at(2024, 2, 1, 0, 0), true},
      {"59 23 31 12 *", at(2024, 12, 31, 23, 59), true},
  };
  for (const auto& r : rows) {
    INFO(r.text);
    CHECK(line(r.text).matches(r.t) == r.matches);
  }
}

TEST_CASE("both days restricted: either matches; a star is no restriction") {
  const auto either = line("0 0 13 * FRI");
  CHECK(either.matches(at(2024, 1, 13, 0, 0)));  // a Saturday
  CHECK(either.matches(at(2024, 1, 5, 0, 0)));   // a Friday
  CHECK_FALSE(either.matches(at(2024, 1, 6, 0, 0)));
  const auto both = line("0 0 */2 * FRI");  // begins with a star: odd days, if Fridays
  CHECK(both.matches(at(2024, 1, 5, 0, 0)));
  CHECK_FALSE(both.matches(at(2024, 1, 12, 0, 0)));
  CHECK_FALSE(both.matches(at(2024, 1, 13, 0, 0)));
}

TEST_CASE("a year holds as many matches as it should") {
  CHECK(matches_in_2024(line("@hourly")) == 366 * 24);
  CHECK(matches_in_2024(line("@daily")) == 366);
  CHECK(matches_in_2024(line("@Midnight")) == 366);
  CHECK(matches_in_2024(line("@weekly")) == 52);
  CHECK(matches_in_2024(line("@monthly")) == 12);
  CHECK(matches_in_2024(line("@yearly")) == 1);
  CHECK(matches_in_2024(line("@annually")) == 1);
  CHECK(matches_in_2024(line("0 0 31 * *")) == 7);
  CHECK(matches_in_2024(line("* * * * *")) == 366 * 24 * 60);
}

TEST_CASE("what is no cron line is refused in one sentence with the field in it") {
  struct row {
    const char* text;
    const char* says;
  };
  const row rows[] = {
      {"", "has 0 fields; accepted: five fields"},
      {"0 8 * *", "has 4 fields"},
      {"0 0 8 * * 1-5", "has 6 fields"},
      {"@noon", "'@noon' is no name of a cron line; accepted: @hourly, @daily"},
      {"60 8 * * *", "its minute '60' is not valid; accepted: 0 to 59"},
      {"0 24 * * *", "its hour '24' is not valid; accepted: 0 to 23"},
      {"0 8 0 * *", "its day-of-month '0' is not valid; accepted: 1 to 31"},
      {"0 8 32 * *", "its day-of-month '32'"},
      {"0 8 * 13 *", "its month '13' is not valid; accepted: 1 to 12 or JAN to DEC"},
      {"0 8 * JANUARY *", "its month 'JANUARY'"},
      {"0 8 * * 8", "its day-of-week '8' is not valid; accepted: 0 to 7 or SUN to SAT"},
      {"0 8 * MON *", "its month 'MON'"},
      {"JAN 8 * * *", "its minute 'JAN'"},
      {"0 22-4 * * *", "its hour '22-4' is not valid; it ends before it begins"},
      {"0 8 * * FRI-MON", "its day-of-week 'FRI-MON'"},
      {"*/0 * * * *", "its minute '*/0' is not valid; accepted after '/': a step from 1"},
      {"*/60 * * * *", "a step from 1 to 59"},
      {"*/ * * * *", "its minute '*/'"},
      {"/5 * * * *", "its minute '/5'"},
      {"1, * * * *", "its minute '1,'"},
      {",1 * * * *", "its minute ',1'"},
      {"1-2-3 * * * *", "its minute '1-2-3'"},
      {"-1 * * * *", "its minute '-1'"},
      {"+1 * * * *", "its minute '+1'"},
      {"1.5 * * * *", "its minute '1.5'"},
      {"** * * * *", "its minute '**'"},
      {"*-5 * * * *", "its minute '*-5'"},
      {"0 0 L * *", "its day-of-month 'L'"},
      {"0 0 ? * 1", "its day-of-month '?'"},
      {"99999999999 * * * *", "its minute '99999999999'"},
      {"0 0 31 2 *", "never fires: no month of its month '2' has a day-of-month '31'"},
      {"0 0 31 4,6,9,11 *", "never fires"},
      {"0 0 30-31 FEB */2", "never fires"},
  };
  for (const auto& r : rows) {
    INFO(r.text);
    const auto wrong = complaint_about_cron(r.text);
    REQUIRE(wrong);
    CHECK_THAT(*wrong, ContainsSubstring(r.says));
    CHECK(wrong->find('\n') == std::string::npos);
  }
  CHECK_FALSE(complaint_about_cron("0 8 * * 1-5"));
  CHECK_FALSE(complaint_about_cron("0 0 31 2 1"));    // Mondays of February
  CHECK_FALSE(complaint_about_cron("0 0 29 2 */2"));  // comes, if seldom
}

TEST_CASE("hostile bytes are refused and stay out of the sentence") {
  std::mt19937 random{7};
  const std::string alphabet = "0123456789*/-, ,@LW#?\n\t\x01\xFFJANmon";
  for (int i = 0; i < scaleit::test::tries(20'000); ++i) {
    std::string text;
    for (auto n = random() % 40; n > 0; --n) text += alphabet[random() % alphabet.size()];
    const auto wrong = complaint_about_cron(text);
    if (!wrong) continue;
    CHECK(wrong->find_first_of("\n\t\x01\xFF") == std::string::npos);
    CHECK(wrong->size() < 400);
  }
  CHECK(complaint_about_cron(std::string(100'000, '*'))->size() < 400);
}

TEST_CASE("first and last find what a search minute by minute finds") {
  std::mt19937 random{11};
  const auto pick = [&](std::initializer_list<const char*> of) {
    return std::string{*(of.begin() + static_cast<long>(random() % of.size()))};
  };
  for (int i = 0; i < 300; ++i) {
    const auto text = pick({"*", "0", "*/7", "59", "3,33"}) + ' ' +
                      pick({"*", "0", "23", "*/5", "8-17"}) + ' ' +
                      pick({"*", "1", "*/3", "31", "29"}) + ' ' +
                      pick({"*", "1", "2,12", "*/5"}) + ' ' +
                      pick({"*", "1-5", "0", "*/2"});
    if (complaint_about_cron(text)) continue;
    const auto c = line(text);
    const auto from =
        at(2024, 2, 27, 0, 0) + minutes{random() % 8000} - days{random() % 60};
    const auto to = from + minutes{random() % 6000} - minutes{10};
    std::optional<wall_minute> earliest, latest;
    for (auto t = from; t <= to; t += minutes{1}) {
      if (!c.matches(t)) continue;
      if (!earliest) earliest = t;
      latest = t;
    }
    INFO(text);
    CHECK(c.first(from, to) == earliest);
    CHECK(c.last(from, to) == latest);
  }
}

TEST_CASE("the longest pause of a cron line") {
  struct row {
    const char* text;
    minutes pause;  ///< the longest
  };
  for (const auto& [text, pause] :
       {row{"* * * * *", 1min}, row{"@hourly", 60min}, row{"*/7 * * * *", 7min},
        row{"0 8 * * *", 24h}, row{"0 8,20 * * *", 12h}, row{"0 8,18 * * *", 14h},
        row{"0 8 * * 1-5", 72h}, row{"0 0 1 * *", 31 * 24h},
        row{"30 1 1 1 *", 366 * 24h}}) {
    CAPTURE(text);
    CHECK(line(text).recurs_within(pause));
    CHECK_FALSE(line(text).recurs_within(pause - 1min));
  }
  CHECK_FALSE(line("0 0 29 2 *").recurs_within(366 * 24h));
}

TEST_CASE("a time zone in the line is shown its place") {
  for (const char* text : {"CRON_TZ=Asia/Tokyo 0 8 * * *", "TZ=Asia/Tokyo 0 8 * * *"})
    CHECK_THAT(complaint_about_cron(text).value_or("accepted"),
               EndsWith("a key of its own: timezone: Asia/Tokyo"));
}

TEST_CASE("the pattern of the schema takes what is taken here") {
  const std::regex pattern{std::string{cron_pattern}, std::regex::ECMAScript};
  for (const std::string text :
       {"0 8 * * *", "0\t8\t*\t*\t1-5", " */5 0-3,22 1,15 JAN-mar Sun ", "@daily",
        "@DAILY", " @Midnight\t", "@annually", "@hourly", "@weekly", "@monthly",
        "@yearly"}) {
    CAPTURE(text);
    CHECK_FALSE(complaint_about_cron(text));
    CHECK(std::regex_match(text, pattern));
  }
  for (const std::string text :
       {"", " ", "0 8 * *", "0 8 * * * *", "@noon", "@daily @daily", "@ daily",
        "0 8 * * ?", "0 8 L * *", "0 8 15W * *", "0 8 * * 5L", "0 8 * JANUARY *",
        "CRON_TZ=UTC 0 8 * * *", "0 8 * * *\n"}) {
    CAPTURE(text);
    CHECK(complaint_about_cron(text));
    CHECK_FALSE(std::regex_match(text, pattern));
  }
}
