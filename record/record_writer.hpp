// Writes a record: appends lines to the newest segment, begins another when that is
// large enough, compresses the older ones and removes the oldest.
//
// One process per record, and at every instant what is on the disk can be read: at most
// the last line is torn by a crash. Calls block on the disk; errors are values, and after
// one the next append simply tries again.
#pragma once

#include "record/posix_file.hpp"
#include "record/record_files.hpp"
#include "record/segment_compressor.hpp"
#include "spec/config_spec.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace scaleit::record {

class record_writer {
 public:
  /// Creates the directory, or goes on with what is in it. Throws record_locked when
  /// another process writes it, and record_error when it cannot be used.
  explicit record_writer(spec::record_spec o);

  /// The last id that was in it when it was opened, 0 if it was empty.
  std::uint64_t last_id() const { return last_id_; }

  /// Writes a piece of whole lines.
  using write_lines = std::function<std::error_code(std::string_view lines)>;
  /// Called for each new segment: what every one begins with is written piece by piece.
  /// It does not count for the segment's length, but makes a segment at least twice as
  /// long as itself. An error is passed on.
  using head_writer = std::function<std::error_code(const write_lines& write)>;
  void begin_segments_with(head_writer head) { head_ = std::move(head); }

  /// Bytes that fit before another segment is begun.
  std::uint64_t room() const;

  struct outcome {
    std::size_t written = 0;  ///< bytes, of whole lines; the rest is to be tried again
    std::error_code error{};
  };
  /// `lines` are whole, as append_json makes them, each with its newline; `first_id` is
  /// that of the first. All of them go into one segment.
  outcome append(std::uint64_t first_id, std::string_view lines);

  /// What was appended survives the machine from now on.
  std::error_code sync();

  /// Syncs, and lets another process have it. Nothing is appended after.
  std::error_code close();

  /// One step of removing and compressing; true while there is more to do.
  bool tidy(std::error_code& error);

 private:
  template <class F>
  static std::error_code guarded(F f);
  void lock();
  void take_stock();
  void resume(const segment& newest);
  std::error_code make_ready(std::uint64_t first_id);
  std::error_code write_head();
  std::error_code open_segment(std::uint64_t first_id);
  bool moved_away() const;
  bool is_full() const;
  void close_segment();
  /// Ends the current segment with its last whole line. False if it cannot.
  bool cut_back();
  void remove_oldest();
  std::error_code compress(bool& more);
  std::uint64_t bytes_kept() const;
  std::filesystem::path path_of(const segment& s) const;

  spec::record_spec options_;
  std::filesystem::path directory_;
  std::uint64_t last_id_ = 0;
  posix_file lock_;
  posix_file file_;  ///< the newest segment, when there is one
  segment newest_;   ///< if file_ is open
  head_writer head_;
  std::uint64_t head_bytes_ = 0;  ///< of the newest segment
  std::deque<segment> older_;     ///< by their ids
  bool new_name_ = false;         ///< in the directory, not yet on the disk
  std::unique_ptr<segment_compressor> compressor_;
  bool compression_failed_ = false;  ///< until there is another segment
};

}  // namespace scaleit::record
