// Who the targets are, as far as a record has been written: what each of its segments
// begins with, so that each can be read when those before it are gone.
#pragma once

#include "messages/event.hpp"
#include "record/event_json.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>

namespace scaleit::record {

class known_targets {
 public:
  static bool concern(const event& e) {
    return e.as<target_added>() || e.as<target_changed>() || e.as<target_removed>();
  }

  /// An event that concerns them was written.
  void take(const event_ptr& e) {
    const auto& name = e->target->name;
    if (const auto known = ids_.find(name); known != ids_.end()) {
      events_.erase(known->second);
      ids_.erase(known);
    }
    if (e->as<target_removed>()) return;
    ids_.emplace(name, e->sequence);
    events_.emplace(e->sequence, restated(*e));
  }

  /// Repeats the event that told each target last, in pieces, in the order of their ids.
  std::error_code tell(
      const std::function<std::error_code(std::string_view lines)>& write) const {
    constexpr std::size_t piece_bytes = 256 * 1024;
    std::string lines;
    for (const auto& [id, e] : events_) {
      append_json(lines, e);
      lines += '\n';
      if (lines.size() < piece_bytes) continue;
      if (const auto error = write(lines)) return error;
      lines.clear();
    }
    return lines.empty() ? std::error_code{} : write(lines);
  }

 private:
  static event restated(event e) {
    if (e.as<target_added>())
      e.data = target_added{true};
    else
      e.data = target_changed{true};
    return e;
  }

  std::map<std::uint64_t, event> events_;  ///< by their ids
  std::unordered_map<std::string, std::uint64_t> ids_;
};

}  // namespace scaleit::record
