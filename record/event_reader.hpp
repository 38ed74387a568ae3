// Reads a line of the record back into an event.
//
// A replay reads millions of lines, so one pass over the line in place, no tree, and
// buffers that are used again. What a line may hold is in docs/reference/record.md;
// what is wrong with it is a sentence, not an exception: damage is expected.
#pragma once

#include "messages/event.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace scaleit::record {

/// An event as a line of a record tells it. Its views, those of `data` included, point
/// into the line and live as long as that. Unlike an event that happens here it does not
/// know its target's spec (`target` is null), nor the steps of the clock (`stepped`).
struct recorded_event : event {
  std::string_view type;
  std::string_view name;  ///< the target's; empty: it concerns the daemon
  std::string spec;       ///< target.added and .changed: the JSON object
  /// Not: a type or a source of a newer version, to be ignored. What `data` holds is left
  /// over from a line before.
  bool known = true;

  /// A target.added or .changed that only repeats what the record has told before.
  bool restated() const {
    const auto* added = as<target_added>();
    const auto* changed = as<target_changed>();
    return (added && added->restated) || (changed && changed->restated);
  }
};

class event_reader {
 public:
  enum class steps : std::uint8_t { skip, read };

  explicit event_reader(steps s = steps::skip);
  ~event_reader();
  event_reader(event_reader&&) noexcept;
  event_reader& operator=(event_reader&&) noexcept;

  /// Reads one line without its newline, in place; the byte behind it, line[size], is
  /// overwritten. False: it is no event, and error() says why.
  bool read(char* line, std::size_t size, recorded_event& out);
  bool read(std::string& line, recorded_event& out) {
    return read(line.data(), line.size(), out);
  }
  const std::string& error() const;

 private:
  struct parser;
  std::unique_ptr<parser> parser_;
};

}  // namespace scaleit::record
