// How a replay's decisions are printed: a line each, for people or for programs.
#pragma once

#include "record/replayer.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace scaleit::record {

enum class replay_format { table, json };

struct replay_counts {
  std::uint64_t decisions = 0;
  std::uint64_t differ = 0;       ///< from the recorded one
  std::uint64_t other_steps = 0;  ///< the same answer, reached by other steps
  std::uint64_t unrecorded = 0;   ///< the record holds none to compare with
};

class replay_output {
 public:
  using writer = std::function<void(std::string_view)>;  ///< throws when it cannot

  replay_output(replay_format format, writer out)
      : format_(format), out_(std::move(out)) {}

  void add(const replayed& x);
  /// Writes what waits and, in a table, the sum of it all.
  void finish(std::size_t targets);

  const replay_counts& counts() const { return counts_; }

 private:
  void add_json(const replayed& x);
  void add_row(const replayed& x);
  void flush();

  replay_format format_;
  writer out_;
  std::string text_;  ///< waits to be written
  replay_counts counts_;
};

}  // namespace scaleit::record
