// Reads a line of the record back into plain values.
//
// A replay reads millions of lines, so one pass over the line in place, no tree, and
// buffers that are used again. What a line may hold is in docs/reference/record.md;
// what is wrong with it is a sentence, not an exception: damage is expected.
#pragma once

#include "messages/event.hpp"
#include "messages/observation.hpp"
#include "messages/time.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::record {

struct recorded_step {
  std::string_view rule;  ///< its public code, maybe one of a newer version
  int from = 0;
  int to = 0;
  std::string_view why;
};

/// One event of a record. The views point into the line and live as long as that; which
/// of the data counts depends on the kind, the rest is left over from lines before.
struct recorded_event {
  std::uint64_t id = 0;
  event_kind kind = event_kind::unknown;
  std::string_view type;
  std::string_view target;  ///< empty: it concerns the daemon
  time_point time{};

  std::string_view version;  ///< daemon.started
  int format = 1;            ///< daemon.started
  std::string spec;          ///< target.added and .changed: the JSON object
  observation seen;          ///< status.observed; of `missing` the names only
  failure what;              ///< status.failed, scale.failed
  int current = 0;           ///< decision.made, as the three below
  int recommended = 0;
  int desired = 0;
  bool shadow = false;               ///< of the second policy, not acted on
  std::vector<recorded_step> steps;  ///< decision.made, if they were asked for
  int from = 0;                      ///< scale.requested, .applied and .failed
  int to = 0;
  microseconds took{0};        ///< scale.applied
  std::string_view actor;      ///< actor.crashed and .restarted
  std::string_view reason;     ///< actor.crashed, daemon.stopped
  std::uint64_t restarts = 0;  ///< actor.restarted
  microseconds after{0};       ///< actor.restarted
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
