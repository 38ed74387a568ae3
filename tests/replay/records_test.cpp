// Every record in records/, by the pure replay and by the real actors under virtual time.
// A record is added for what must never change again; none is ever changed.
#include "record/record_reader.hpp"
#include "record/replayer.hpp"
#include "spec/config_file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/recorded_world.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

using namespace scaleit;

namespace {

std::vector<std::filesystem::path> records() {
  std::vector<std::filesystem::path> all;
  for (const auto& x : std::filesystem::directory_iterator{SCALEIT_RECORDS})
    if (x.is_directory() || x.path().extension() == ".jsonl") all.push_back(x.path());
  std::sort(all.begin(), all.end());
  return all;
}

struct line {
  time_point time;
  int recommended, desired;
  std::vector<step> steps;
  bool operator==(const line&) const = default;
};

struct run {
  std::vector<line> decisions;
  std::vector<time_point> times;  ///< of all events
  std::uint64_t differ = 0, by_other_steps = 0;
};

run replay_of(const std::filesystem::path& path, std::optional<time_point> from = {}) {
  run r;
  record::replay_options how;
  how.from = from;
  how.parse_spec = [](std::string_view, const std::string& json) {
    const auto read = spec::read_config_text(json, "record", spec::config_use::policy);
    return read.good() ? std::make_shared<const target_spec>(read.content.targets.at(0))
                       : nullptr;
  };
  how.decided = [&](const record::replayed& x) {
    r.differ += x.differs();
    r.by_other_steps += x.differs_at().has_value();
    if (x.made)
      r.decisions.push_back({x.time,
                             x.made->recommended,
                             x.made->desired,
                             {x.made->steps.begin(), x.made->steps.end()}});
  };
  record::replayer replay{std::move(how)};
  record::record_reader reader{path.string(), record::event_reader::steps::read};
  for (record::recorded_event e; reader.next(e);) {
    r.times.push_back(e.time);
    replay.feed(e);
  }
  replay.finish();
  return r;
}

}  // namespace

TEST_CASE("every kept record replays without a difference") {
  REQUIRE(records().size() >= 4);
  for (const auto& record : records()) {
    CAPTURE(record.filename());
    const auto r = replay_of(record);
    CHECK(r.decisions.size() > 10);
    CHECK(r.differ == 0);
    CHECK(r.by_other_steps == 0);
  }
}

TEST_CASE("a prefix that only rebuilds the memory leaves the rest as it was") {
  for (const auto& record : records()) {
    CAPTURE(record.filename());
    const auto whole = replay_of(record);
    for (int part = 1; part < 8; ++part) {
      const auto from =
          whole.times[whole.times.size() * static_cast<std::size_t>(part) / 8];
      auto expected = whole.decisions;
      std::erase_if(expected, [&](const line& l) { return l.time < from; });
      CAPTURE(to_rfc3339(from));
      const auto rest = replay_of(record, from);
      CHECK(rest.differ == 0);
      CHECK(rest.decisions == expected);
    }
  }
}

TEST_CASE("the real actors, with a record for a network, do what is recorded") {
  for (const auto& record : records()) {
    CAPTURE(record.filename());
    test::recorded_world world{record};
    // Each target in its own order; who comes first of two is the loop's affair.
    const auto by_target = [](std::vector<test::deed> all) {
      std::ranges::stable_sort(all, {}, &test::deed::target);
      return all;
    };
    const auto done = by_target(world.run());
    const auto before = by_target(world.recorded());
    REQUIRE(done.size() == before.size());
    for (std::size_t i = 0; i < done.size(); ++i) {
      CAPTURE(i, to_rfc3339(before[i].time), before[i].what, done[i].what,
              to_rfc3339(done[i].time));
      REQUIRE(done[i] == before[i]);
    }
  }
}
