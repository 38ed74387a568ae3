// Compresses a closed segment a piece at a time, so that whoever does it beside other
// work, such as writing the next segment, is never away for long.
#pragma once

#include "record/record_files.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <system_error>

namespace scaleit::record {

/// What it writes until it is done; left behind by a crash, of no meaning.
inline constexpr std::string_view unfinished_suffix = ".tmp";

class segment_compressor {
 public:
  segment_compressor(std::filesystem::path directory, std::uint64_t first_id);
  /// Removes what is not finished.
  ~segment_compressor();
  segment_compressor(const segment_compressor&) = delete;
  segment_compressor& operator=(const segment_compressor&) = delete;

  std::uint64_t first_id() const { return first_id_; }

  /// Compresses the next piece. True when the compressed segment has taken the plain
  /// one's place; at every instant before and after, one of them is there and whole.
  bool step(std::error_code& error);
  /// The size of the compressed segment, once it is done.
  std::uint64_t bytes() const { return bytes_; }

 private:
  struct stream;
  bool open(std::error_code& error);
  bool finish(std::error_code& error);

  const std::filesystem::path directory_;
  const std::uint64_t first_id_;
  std::filesystem::path plain_, unfinished_;
  std::unique_ptr<stream> stream_;
  std::uint64_t bytes_ = 0;
};

}  // namespace scaleit::record
