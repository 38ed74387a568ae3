// What a record is on disk: a directory of segments, `events-<first id>.jsonl`, the
// older ones `.jsonl.zst`. Names are shared by who writes and who reads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::record {

/// A record that cannot be used at all; what() is one line that names it.
struct record_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// Another daemon writes it.
struct record_locked : record_error {
  using record_error::record_error;
};

struct segment {
  std::uint64_t first_id = 0;
  bool compressed = false;
  std::uint64_t bytes = 0;
};

/// `events-17.jsonl` or `events-17.jsonl.zst`.
std::string segment_name(std::uint64_t first_id, bool compressed);
/// Nothing for the name of anything else.
std::optional<segment> parse_segment_name(std::string_view name);

/// In the order of their ids. Of a segment that is there twice, since a crash came
/// between its compression and its removal, the plain one. Throws filesystem_error.
std::vector<segment> list_segments(const std::filesystem::path& directory);

}  // namespace scaleit::record
