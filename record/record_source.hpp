// The bytes of one file of a record, compressed or not, or of standard input.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace scaleit::record {

class source {
 public:
  /// `-` is standard input. Throws std::system_error.
  explicit source(const std::string& path);
  ~source();
  source(const source&) = delete;
  source& operator=(const source&) = delete;

  /// At most `size` bytes, 0 at the end. Throws std::system_error.
  std::size_t read(char* to, std::size_t size);

  /// At the end: the compressed data ends before its frame does.
  bool cut_short() const { return cut_short_; }
  /// At the end: why the compressed data cannot be read further, or empty.
  const std::string& damage() const { return damage_; }
  /// Bytes taken from the file so far.
  std::uint64_t consumed() const { return consumed_; }

 private:
  std::size_t read_file(char* to, std::size_t size);
  void look_at_start();
  std::size_t decompress(char* to, std::size_t size);

  struct decoder;
  int file_ = -1;
  std::uint64_t consumed_ = 0;
  std::array<char, 4> start_{};  ///< read ahead, to tell what it is
  std::size_t start_begin_ = 0;
  std::size_t start_end_ = 0;
  bool started_ = false;
  std::unique_ptr<decoder> decoder_;  ///< of a compressed file
  bool cut_short_ = false;
  std::string damage_;
};

}  // namespace scaleit::record
