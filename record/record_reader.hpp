// Reads a record: a directory of segments, one file, or standard input, in constant
// memory whatever the size.
//
// A record was written by a process that may have died at any moment, onto disks that
// may be full: what cannot be read is told apart, counted and passed over, and only a
// record that cannot be read at all is an error.
#pragma once

#include "record/event_reader.hpp"
#include "record/record_files.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace scaleit::record {

inline constexpr int record_format = 1;  ///< the newest that is understood

/// Where something was found. The offset is in bytes from the start of the file, of a
/// compressed one from the start of what it holds.
struct record_place {
  std::string file;
  std::uint64_t offset = 0;
  std::string reason;
};

struct record_report {
  std::uint64_t events = 0;   ///< given out
  std::uint64_t unknown = 0;  ///< of unknown types or sources: passed over
  std::uint64_t damaged = 0;  ///< lines passed over
  std::uint64_t torn = 0;  ///< segments whose last line is cut off, as crashes leave it
  std::uint64_t missing = 0;   ///< ids between the first and the last that never came
  std::uint64_t last_id = 0;   ///< the last that was seen, of known types or not; 0: none
  std::uint64_t repeated = 0;  ///< ids that were not above the one before
  std::vector<record_place> damage;      ///< the first ten
  std::vector<record_place> torn_lines;  ///< the first ten
  std::vector<std::string> warnings;     ///< of newer formats; the first ten

  /// All of it for people, a sentence per line; empty for a flawless record.
  std::vector<std::string> sentences() const;
};

class record_reader {
 public:
  /// `-` is standard input. Throws record_error when there is nothing that can be read.
  explicit record_reader(const std::string& path,
                         event_reader::steps s = event_reader::steps::skip);
  ~record_reader();
  record_reader(record_reader&&) noexcept;
  record_reader& operator=(record_reader&&) noexcept;

  /// The next event of a type that is known, valid until the next call; false at the
  /// end. Throws record_error when the system refuses to read on.
  bool next(recorded_event& e);

  const record_report& report() const;

  /// How much was read of the files, as they are on disk.
  std::uint64_t bytes_read() const;
  /// Nothing if one of them is no regular file.
  std::optional<std::uint64_t> bytes_total() const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace scaleit::record
