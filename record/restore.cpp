#include "record/restore.hpp"

#include "messages/bounds.hpp"
#include "record/record_reader.hpp"
#include "record/replay_specs.hpp"
#include "record/replayer.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace scaleit::record {

namespace {

void feed_file(const std::filesystem::path& file, replayer& into) {
  try {
    record_reader reader{file.string(), event_reader::steps::read};
    for (recorded_event e; reader.next(e);) into.feed(e);
  } catch (const record_error&) {
    // A segment that is gone or cannot be read: the others still count.
  }
}

std::vector<segment> newest_segments(const std::string& directory) {
  try {
    auto all = list_segments(directory);
    if (all.size() > bounds::restored_segments_max)
      all.erase(all.begin(), all.end() - bounds::restored_segments_max);
    return all;
  } catch (const std::filesystem::filesystem_error&) {
    return {};
  }
}

}  // namespace

restored restore(const std::string& directory, const std::vector<target_ptr>& targets) {
  restored all;
  replay_options how;
  how.from = time_point::max();  // nothing is decided again
  how.parse_spec = [&](std::string_view target, const std::string& json) {
    auto [spec, problem] = replay_specs::recorded(target, json);
    if (!problem.empty()) all.problems.insert(std::move(problem));
    return spec;
  };
  how.assume_spec = [&](std::string_view name) -> target_ptr {
    const auto at = std::find_if(targets.begin(), targets.end(),
                                 [&](const auto& t) { return t->name == name; });
    return at == targets.end() ? nullptr : *at;
  };
  replayer replay{std::move(how)};
  for (const auto& s : newest_segments(directory))
    feed_file(std::filesystem::path{directory} / segment_name(s.first_id, s.compressed),
              replay);
  replay.finish();
  for (const auto& [name, t] : replay.targets())
    if (t.spec) {
      auto& before = all.targets.emplace(name, policy::remembered{t.spec, t.remembers})
                         .first->second;
      before.history.stepped = {};  // the clock of this daemon has not been set yet
    }
  return all;
}

}  // namespace scaleit::record
