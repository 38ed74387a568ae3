// Cuts a record's source into lines, in one buffer that grows to the longest line and
// no further.
#pragma once

#include "record/record_source.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace scaleit::record {

struct line {
  char* text = nullptr;      ///< text[size] may be written
  std::size_t size = 0;      ///< without its end
  std::uint64_t offset = 0;  ///< in the file
  bool ended = false;        ///< by a newline
  bool too_long = false;     ///< passed over; there is no text
};

class line_reader {
 public:
  line_reader();
  void open(std::unique_ptr<source> from);
  void close() { from_.reset(); }
  bool is_open() const { return from_ != nullptr; }
  const source& from() const { return *from_; }

  /// The next line, valid until the next call; false at the end. Blank lines, a byte
  /// order mark and carriage returns at ends are left out. Throws std::system_error.
  bool next(line& l);
  /// Where the next line begins.
  std::uint64_t offset() const { return offset_; }

 private:
  bool next_raw(line& l);
  bool fill();
  bool pass_over(line& l);

  std::unique_ptr<source> from_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  ///< of what was read and not yet given out
  std::size_t end_ = 0;
  std::uint64_t offset_ = 0;  ///< of begin_
};

}  // namespace scaleit::record
