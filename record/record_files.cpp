#include "record/record_files.hpp"

#include <algorithm>
#include <charconv>

namespace scaleit::record {

namespace {
constexpr std::string_view prefix = "events-";
constexpr std::string_view plain = ".jsonl";
constexpr std::string_view compressed_too = ".jsonl.zst";
}  // namespace

std::string segment_name(std::uint64_t first_id, bool compressed) {
  std::string name{prefix};
  name += std::to_string(first_id);
  return name += compressed ? compressed_too : plain;
}

std::optional<segment> parse_segment_name(std::string_view name) {
  if (!name.starts_with(prefix)) return {};
  name.remove_prefix(prefix.size());
  segment s;
  const auto [end, error] =
      std::from_chars(name.data(), name.data() + name.size(), s.first_id);
  if (error != std::errc{}) return {};
  const std::string_view rest{end,
                              static_cast<std::size_t>(name.data() + name.size() - end)};
  s.compressed = rest == compressed_too;
  if (!s.compressed && rest != plain) return {};
  return s;
}

std::vector<segment> list_segments(const std::filesystem::path& directory) {
  std::vector<segment> all;
  for (const auto& entry : std::filesystem::directory_iterator{directory}) {
    auto s = parse_segment_name(entry.path().filename().string());
    std::error_code gone;  // whoever writes the record may remove one meanwhile
    if (!s || !entry.is_regular_file(gone)) continue;
    s->bytes = entry.file_size(gone);
    if (!gone) all.push_back(*s);
  }
  std::sort(all.begin(), all.end(), [](const segment& a, const segment& b) {
    return a.first_id != b.first_id ? a.first_id < b.first_id
                                    : !a.compressed && b.compressed;
  });
  const auto same = [](const segment& a, const segment& b) {
    return a.first_id == b.first_id;
  };
  all.erase(std::unique(all.begin(), all.end(), same), all.end());
  return all;
}

}  // namespace scaleit::record
