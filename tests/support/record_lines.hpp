// Lines of a record, made by the writer of events itself.
#pragma once

#include "record/event_json.hpp"
#include "record/record_reader.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/process.hpp"

#include <memory>
#include <string>
#include <vector>

namespace scaleit::test {

inline std::string record_in(const temporary_directory& d) {
  return (d.path() / "record").string();
}

inline std::string record_line(std::uint64_t id) {
  static const auto app = std::make_shared<target_spec>(app_spec());
  event e;
  e.sequence = id;
  e.time = time_point{microseconds{1769851800000000 + static_cast<std::int64_t>(id)}};
  e.target = app;
  e.data = scale_requested{static_cast<int>(id % 1000), static_cast<int>(id % 1000) + 1};
  return record::to_json(e) + "\n";
}

/// The lines of the ids from `first` to `last`.
inline std::string record_lines(std::uint64_t first, std::uint64_t last) {
  std::string all;
  for (auto id = first; id <= last; ++id) all += record_line(id);
  return all;
}

struct whole_record {
  std::vector<std::uint64_t> ids;
  record::record_report report;
};

inline whole_record read_record(const std::string& path) {
  record::record_reader reader{path};
  whole_record all;
  for (record::recorded_event e; reader.next(e);) all.ids.push_back(e.sequence);
  all.report = reader.report();
  return all;
}

inline std::vector<std::uint64_t> ids(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> all;
  for (auto id = first; id <= last; ++id) all.push_back(id);
  return all;
}

}  // namespace scaleit::test
