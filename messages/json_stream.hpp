// RapidJSON's output stream over a std::string: no copy at the end.
#pragma once

#include <rapidjson/writer.h>

#include <algorithm>
#include <cstddef>
#include <string>

namespace scaleit {

/// Appends. The string is longer than what was written until the root value has ended, or
/// the stream is gone: a string that grows by one character at a time costs a fifth of
/// all that writing does.
class string_stream {
 public:
  using Ch = char;

  explicit string_stream(std::string& out) : out_(out) {}
  ~string_stream() { Flush(); }
  string_stream(const string_stream&) = delete;
  string_stream& operator=(const string_stream&) = delete;

  void Put(char c) {
    if (at_ == end_) grow();
    *at_++ = c;
  }
  void Flush() {
    if (at_ == nullptr) return;
    out_.resize(static_cast<std::size_t>(at_ - out_.data()));
    at_ = end_ = nullptr;
  }

 private:
  void grow() {
    const auto used = at_ ? static_cast<std::size_t>(at_ - out_.data()) : out_.size();
    more_ = std::min<std::size_t>(2 * more_, 64 * 1024);
    out_.resize(used + more_);
    at_ = out_.data() + used;
    end_ = out_.data() + out_.size();
  }

  std::string& out_;
  char* at_ = nullptr;  ///< null: nothing is written that the string does not tell
  char* end_ = nullptr;
  std::size_t more_ = 128;
};

using json_writer = rapidjson::Writer<string_stream>;

}  // namespace scaleit
