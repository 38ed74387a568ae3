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

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace scaleit::record {

struct record_options {
  std::string directory;
  /// Then another segment is begun; at most half of what is kept.
  std::uint64_t segment_bytes = 64 * 1024 * 1024;
  std::uint64_t keep_bytes =
      1024 * 1024 * 1024;  ///< of all segments, as they are on disk
};

class record_writer {
 public:
  /// Creates the directory, or goes on with what is in it. Throws record_locked when
  /// another process writes it, and record_error when it cannot be used.
  explicit record_writer(record_options o);

  /// The last id that was in it when it was opened, 0 if it was empty.
  std::uint64_t last_id() const { return last_id_; }

  struct outcome {
    std::size_t written = 0;  ///< bytes, of whole lines; the rest is to be tried again
    std::error_code error{};
  };
  /// `lines` are whole, as append_json makes them, each with its newline.
  outcome append(std::string_view lines);

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
  void resume(const record::segment& newest);
  std::error_code make_ready(std::string_view lines);
  std::error_code open_segment(std::uint64_t first_id);
  bool moved_away() const;
  void close_segment();
  /// Ends the current segment with its last whole line. False if it cannot.
  bool cut_back();
  void remove_oldest();
  std::error_code compress(bool& more);
  std::uint64_t bytes_kept() const;
  std::filesystem::path path_of(const record::segment& s) const;

  record_options options_;
  std::filesystem::path directory_;
  std::uint64_t last_id_ = 0;
  record::posix_file lock_;
  record::posix_file file_;            ///< the newest segment, when there is one
  record::segment newest_;             ///< if file_ is open
  std::deque<record::segment> older_;  ///< by their ids
  bool new_name_ = false;              ///< in the directory, not yet on the disk
  std::unique_ptr<record::segment_compressor> compressor_;
  bool compression_failed_ = false;  ///< until there is another segment
};

}  // namespace scaleit::record
