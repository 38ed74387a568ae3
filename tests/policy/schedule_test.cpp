#include "policy/schedule.hpp"

#include "messages/bounds.hpp"
#include "policy/cron.hpp"
#include "policy/zone_names.hpp"
#include "tests/support/catch.hpp"

#include <date/tz.h>
#include <random>
#include <set>

using namespace scaleit;
using policy::schedules_at;
using namespace std::chrono_literals;

namespace {

time_point utc(const char* text) {
  const auto t = parse_rfc3339(text);
  if (!t) FAIL(text);
  return *t;
}

schedule_spec schedule(std::string cron, std::string zone, microseconds duration,
                       std::optional<int> low = 10, std::optional<int> high = {}) {
  return {std::move(cron), std::move(zone), duration, low, high};
}

bool active(const schedule_spec& s, time_point t) {
  return schedules_at({s}, t).floor.has_value();
}

/// Active from `begin` to `end`, and neither just before nor just after.
void check_span(const schedule_spec& s, const char* begin, const char* end) {
  INFO(s.cron << " " << s.timezone << ": " << begin << " to " << end);
  CHECK_FALSE(active(s, utc(begin) - 1us));
  CHECK(active(s, utc(begin)));
  CHECK(active(s, utc(end) - 1us));
  CHECK_FALSE(active(s, utc(end)));
}

/// The minutes of [from, to) at which it is not active.
int holes(const schedule_spec& s, const char* from, const char* to) {
  int n = 0;
  for (auto t = utc(from); t < utc(to); t += 1min) n += active(s, t) ? 0 : 1;
  return n;
}

/// Every instant at which it fires, from wall times one by one: the slow way.
std::set<time_point> fired(const schedule_spec& s, time_point from, time_point to) {
  const auto line = std::get<policy::cron>(policy::cron::parse(s.cron));
  const auto* zone = date::locate_zone(s.timezone);
  std::set<time_point> out;
  const auto day = std::chrono::floor<std::chrono::days>(from) - 48h;
  for (time_point t = day; t < to + 48h; t += 1min) {
    if (!line.matches(policy::wall_minute{
            std::chrono::floor<std::chrono::minutes>(t.time_since_epoch())}))
      continue;
    const auto local = zone->get_info(date::local_seconds{
        std::chrono::floor<std::chrono::seconds>(t.time_since_epoch())});
    using date::local_info;
    if (local.result == local_info::nonexistent) {
      out.insert(local.second.begin);
      continue;
    }
    out.insert(time_point{t.time_since_epoch() - local.first.offset});
    if (local.result == local_info::ambiguous && line.every_hour())
      out.insert(time_point{t.time_since_epoch() - local.second.offset});
  }
  return out;
}

}  // namespace

TEST_CASE("a schedule lasts its duration from the wall time of its zone") {
  const auto work = schedule("0 8 * * 1-5", "Europe/Berlin", 10h);
  check_span(work, "2026-01-05T07:00:00Z", "2026-01-05T17:00:00Z");  // winter
  check_span(work, "2026-07-06T06:00:00Z", "2026-07-06T16:00:00Z");  // summer
  CHECK_FALSE(active(work, utc("2026-01-04T12:00:00Z")));            // a Sunday
  check_span(schedule("30 9 * * *", "Asia/Kolkata", 1h), "2026-03-01T04:00:00Z",
             "2026-03-01T05:00:00Z");
  check_span(schedule("0 0 29 2 *", "UTC", 24h), "2028-02-29T00:00:00Z",
             "2028-03-01T00:00:00Z");
  CHECK_FALSE(active(schedule("0 0 29 2 *", "UTC", 24h), utc("2027-03-01T00:00:00Z")));
  // Over midnight and a new year; longer than a month.
  check_span(schedule("0 22 31 12 *", "Europe/Berlin", 4h), "2026-12-31T21:00:00Z",
             "2027-01-01T01:00:00Z");
  check_span(schedule("0 0 1 6 *", "UTC", 24h * 40), "2026-06-01T00:00:00Z",
             "2026-07-11T00:00:00Z");
}

TEST_CASE("a wall time that is skipped fires at the first instant after the gap") {
  check_span(schedule("30 2 * * *", "Europe/Berlin", 1h), "2026-03-29T01:00:00Z",
             "2026-03-29T02:00:00Z");
  check_span(schedule("30 2 * * *", "America/New_York", 1h), "2026-03-08T07:00:00Z",
             "2026-03-08T08:00:00Z");
  // Lord Howe goes from 02:00 to 02:30.
  check_span(schedule("15 2 * * *", "Australia/Lord_Howe", 1h), "2026-10-03T15:30:00Z",
             "2026-10-03T16:30:00Z");
  check_span(schedule("45 2 * * *", "Australia/Lord_Howe", 1h), "2026-10-03T15:45:00Z",
             "2026-10-03T16:45:00Z");
}

TEST_CASE("a wall time that comes twice fires the first time") {
  check_span(schedule("30 2 * * *", "Europe/Berlin", 30min), "2026-10-25T00:30:00Z",
             "2026-10-25T01:00:00Z");
  CHECK_FALSE(active(schedule("30 2 * * *", "Europe/Berlin", 30min),
                     utc("2026-10-25T01:30:00Z")));
  check_span(schedule("30 1 * * *", "America/New_York", 30min), "2026-11-01T05:30:00Z",
             "2026-11-01T06:00:00Z");
  check_span(schedule("45 1 * * *", "Australia/Lord_Howe", 15min), "2026-04-04T14:45:00Z",
             "2026-04-04T15:00:00Z");
  CHECK_FALSE(active(schedule("45 1 * * *", "Australia/Lord_Howe", 15min),
                     utc("2026-04-04T15:15:00Z")));
}

TEST_CASE("the duration is elapsed time: over a switch the wall shows another end") {
  const auto night = schedule("0 22 * * *", "Europe/Berlin", 8h);
  check_span(night, "2026-03-28T21:00:00Z", "2026-03-29T05:00:00Z");  // until 07:00
  check_span(night, "2026-10-24T20:00:00Z", "2026-10-25T04:00:00Z");  // until 05:00
}

TEST_CASE("every quarter of an hour for a quarter of an hour has no holes") {
  for (const char* zone : {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
                           "Asia/Kolkata", "UTC"}) {
    const auto always = schedule("*/15 * * * *", zone, 15min);
    INFO(zone);
    CHECK(holes(always, "2026-03-07T00:00:00Z", "2026-03-09T00:00:00Z") == 0);
    CHECK(holes(always, "2026-03-28T00:00:00Z", "2026-03-30T00:00:00Z") == 0);
    CHECK(holes(always, "2026-04-04T00:00:00Z", "2026-04-06T00:00:00Z") == 0);
    CHECK(holes(always, "2026-10-03T00:00:00Z", "2026-10-05T00:00:00Z") == 0);
    CHECK(holes(always, "2026-10-24T00:00:00Z", "2026-10-26T00:00:00Z") == 0);
    CHECK(holes(always, "2026-10-31T00:00:00Z", "2026-11-02T00:00:00Z") == 0);
  }
}

TEST_CASE("overlapping schedules: the highest floor, the lowest ceiling, and whose") {
  const std::vector<schedule_spec> all{schedule("0 8 * * *", "UTC", 10h, 10, 50),
                                       schedule("0 9 * * *", "UTC", 2h, 20),
                                       schedule("0 10 * * *", "UTC", 2h, {}, 15),
                                       schedule("30 9 * * *", "UTC", 1h, 20, 50)};
  const auto b = schedules_at(all, utc("2026-01-01T10:15:00Z"));
  CHECK(b.floor == 20);
  CHECK(b.floor_by == 1);
  CHECK(b.ceiling == 15);
  CHECK(b.ceiling_by == 2);
  CHECK(b.from == utc("2026-01-01T10:00:00Z"));
  CHECK(b.until == utc("2026-01-01T10:30:00Z"));
  const auto early = schedules_at(all, utc("2026-01-01T07:59:59Z"));
  CHECK_FALSE(early.floor);
  CHECK_FALSE(early.ceiling);
  CHECK(early.until == utc("2026-01-01T08:00:00Z"));
  const auto none = schedules_at({}, utc("2026-01-01T07:59:59Z"));
  CHECK(none.holds_at(utc("2026-01-01T07:59:59Z")));
  CHECK(none.until - none.from == 2 * bounds::schedule_span_max);
}

TEST_CASE(
    "schedules agree with an evaluation minute by minute, and hold as long as said") {
  std::mt19937 random{20260329};
  const auto pick = [&](std::initializer_list<const char*> of) {
    return std::string{*(of.begin() + static_cast<long>(random() % of.size()))};
  };
  // Around all kinds of switches; Samoa skipped a day, Havana's midnight comes twice.
  const std::pair<const char*, const char*> places[] = {
      {"Europe/Berlin", "2026-03-29T01:00:00Z"},
      {"Europe/Berlin", "2026-10-25T01:00:00Z"},
      {"America/New_York", "2026-03-08T07:00:00Z"},
      {"America/New_York", "2026-11-01T06:00:00Z"},
      {"Australia/Lord_Howe", "2026-10-03T15:30:00Z"},
      {"Australia/Lord_Howe", "2026-04-04T15:00:00Z"},
      {"Asia/Kolkata", "2026-02-28T18:30:00Z"},
      {"Etc/UTC", "2028-02-29T00:00:00Z"},
      {"Pacific/Apia", "2011-12-30T10:00:00Z"},
      {"America/Havana", "2026-11-01T05:00:00Z"},
      {"America/St_Johns", "2006-10-29T02:31:00Z"},
  };
  for (int i = 0; i < 120; ++i) {
    const auto& [zone, around] = places[random() % std::size(places)];
    const auto cron = pick({"*", "0", "*/15", "30", "5/20", "59"}) + ' ' +
                      pick({"*", "*/2", "0", "1-3", "2", "23", "8"}) + ' ' +
                      pick({"*", "*", "1", "29-31", "*/2"}) + ' ' +
                      pick({"*", "*", "3,10,11,12"}) + ' ' +
                      pick({"*", "*", "SUN", "1-5"});
    if (policy::complaint_about_cron(cron)) continue;
    const auto duration =
        std::chrono::minutes{1 + random() % 200} + (random() % 8 == 0 ? 72h : 0h);
    const auto s = schedule(cron, zone, duration);
    const auto begin = utc(around) - 30h, end = begin + 60h;
    const auto fires = fired(s, begin - duration, end);
    policy::schedule_bounds now{};
    for (auto t = begin; t < end; t += 1min) {
      const auto after = fires.upper_bound(t);
      const bool expected = after != fires.begin() && t < *std::prev(after) + duration;
      if (t == begin || !now.holds_at(t) || random() % 50 == 0) {
        now = schedules_at({s}, t);
        REQUIRE(now.holds_at(t));
      }
      // Asked at t, or earlier and still within what was said to hold.
      INFO(cron << " " << zone << " for " << to_string(microseconds{duration}) << " at "
                << to_rfc3339(t));
      REQUIRE(now.floor.has_value() == expected);
      // What was said of the time before is true as well.
      if (now.from < t && random() % 50 == 0) {
        const auto past = now.from + (t - now.from) / 2;
        const auto before = fires.upper_bound(past);
        if (past >= begin)
          REQUIRE((before != fires.begin() && past < *std::prev(before) + duration) ==
                  expected);
      }
    }
  }
}

TEST_CASE("a time zone that is unknown is refused with what was probably meant") {
  using policy::complaint_about_timezone;
  CHECK_FALSE(complaint_about_timezone("UTC"));
  CHECK_FALSE(complaint_about_timezone("Europe/Berlin"));
  CHECK_FALSE(complaint_about_timezone("America/Argentina/Buenos_Aires"));
  CHECK(
      *complaint_about_timezone("Europe/Berln") ==
      "timezone 'Europe/Berln' is unknown (did you mean 'Europe/Berlin'?); accepted: an "
      "IANA name such as UTC or Europe/Berlin");
  CHECK_THAT(*complaint_about_timezone("europe/london"),
             ContainsSubstring("did you mean 'Europe/London'?"));
  CHECK_THAT(*complaint_about_timezone("utc"), ContainsSubstring("mean 'UTC'?"));
  for (const char* name : {"", "Mars/Olympus Mons", "../../etc/passwd", "\n", "+02:00"}) {
    INFO(name);
    const auto wrong = complaint_about_timezone(name);
    REQUIRE(wrong);
    CHECK_THAT(*wrong, ContainsSubstring("is unknown"));
    CHECK(wrong->find('\n') == std::string::npos);
  }
}

TEST_CASE("what is no misspelling of the same place is not taken for one") {
  const auto complaint = [](std::string_view name) {
    return policy::complaint_about_timezone(name).value_or("accepted");
  };
  for (const char* name : {"PST",
                           "PDT",
                           "IST",
                           "JST",
                           "HKT",
                           "MSK",
                           "BST",
                           "CST",
                           "CEST",
                           "AEST",
                           "GMT+2",
                           "UTC+2",
                           "UTC-05:00",
                           "+02:00",
                           "Etc/GMT+99",
                           "Asia/Beijing",
                           "Asia/Mumbai",
                           "America/San_Francisco",
                           "America/Dallas",
                           "America/Boston",
                           "Europe/Munich",
                           "Europe/Bern",
                           "Europe/Milan",
                           "Mars/Olympus",
                           "Eastern",
                           "ABC",
                           "XYZT"}) {
    CAPTURE(name);
    CHECK_THAT(complaint(name), ContainsSubstring("is unknown"));
    CHECK_THAT(complaint(name), !ContainsSubstring("did you mean"));
  }
  CHECK_THAT(complaint("PST"), ContainsSubstring("(for PST: America/Los_Angeles)"));
  CHECK_THAT(complaint("IST"), ContainsSubstring("Asia/Kolkata, Europe/Dublin or"));
  CHECK_THAT(complaint("Asia/Beijing"),
             ContainsSubstring("(for Beijing: Asia/Shanghai)"));
  CHECK_THAT(complaint("America/San Francisco"),
             ContainsSubstring("(for San_Francisco: America/Los_Angeles)"));
  CHECK_THAT(complaint("UTC+2"), ContainsSubstring("an offset, which knows no daylight"));
}

TEST_CASE("a misspelling of the same place is told") {
  for (const auto& [written, meant] : std::vector<std::pair<std::string, std::string>>{
           {"Europe/berlin", "Europe/Berlin"},
           {"Europe/Roma", "Europe/Rome"},
           {"America/New York", "America/New_York"},
           {"America/New-Yrok", "America/New_York"},
           {"America/Los_Angelos", "America/Los_Angeles"},
           {"Asia/Tokio", "Asia/Tokyo"},
           {"Eurpoe/Berlin", "Europe/Berlin"},
           {"Asia/Berlin", "Europe/Berlin"},
           {"Berlin", "Europe/Berlin"},
           {"tokyo", "Asia/Tokyo"},
           {"Z", "UTC"}}) {
    CAPTURE(written);
    CHECK_THAT(policy::complaint_about_timezone(written).value_or("accepted"),
               ContainsSubstring("(did you mean '" + meant + "'?)"));
  }
}

TEST_CASE("old names lead to the new ones where only these are installed") {
  const std::vector<std::string_view> known{"America/Los_Angeles", "Canada/Pacific",
                                            "Asia/Kolkata",        "Europe/Kirov",
                                            "Europe/Kyiv",         "UTC"};
  CHECK(policy::hint_for_timezone("US/Pacific", known) ==
        " here: it is an old name of 'America/Los_Angeles', and in the package "
        "tzdata-legacy");
  CHECK_THAT(policy::hint_for_timezone("Asia/Calcutta", known),
             ContainsSubstring("'Asia/Kolkata'"));
  CHECK_THAT(policy::hint_for_timezone("Europe/Kiev", known),
             ContainsSubstring("'Europe/Kyiv'"));
  CHECK(policy::hint_for_timezone("Mars/Olympus", known).empty());
}

TEST_CASE("a schedule that was not validated is an exception with the same sentence") {
  const auto now = utc("2026-01-01T00:00:00Z");
  CHECK_THROWS_WITH(schedules_at({schedule("0 8 * * 1-5", "Europe/Berln", 1h)}, now),
                    *policy::complaint_about_timezone("Europe/Berln"));
  CHECK_THROWS_WITH(schedules_at({schedule("0 25 * * *", "UTC", 1h)}, now),
                    *policy::complaint_about_cron("0 25 * * *"));
}

TEST_CASE("the zone database knows the years to come") {
  // Files in the slim form end with a rule, which the library does not read.
  check_span(schedule("0 8 * * *", "America/New_York", 1h), "2036-07-01T12:00:00Z",
             "2036-07-01T13:00:00Z");
}
