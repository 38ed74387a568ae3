#include "record/line_reader.hpp"

#include "messages/bounds.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

namespace scaleit::record {

namespace {
constexpr std::size_t buffer_bytes = 256 * 1024;
}

line_reader::line_reader() : buffer_(buffer_bytes + 1) {}

void line_reader::open(std::unique_ptr<source> from) {
  from_ = std::move(from);
  begin_ = end_ = 0;
  offset_ = 0;
}

/// Makes room and reads on; the buffer's last byte is left for who ends a line in place.
bool line_reader::fill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ + 1 == buffer_.size())
    buffer_.resize(std::min(2 * buffer_.size(), bounds::record_line_bytes_max + 2));
  const auto n = from_->read(buffer_.data() + end_, buffer_.size() - 1 - end_);
  end_ += n;
  return n > 0;
}

bool line_reader::next_raw(line& l) {
  std::size_t seen = 0;
  for (;;) {
    char* text = buffer_.data() + begin_;
    const auto size = end_ - begin_;
    const void* newline = std::memchr(text + seen, '\n', size - seen);
    if (newline != nullptr) {
      const auto n = static_cast<std::size_t>(static_cast<const char*>(newline) - text);
      l = {text, n, offset_, true, false};
      begin_ += n + 1;
      offset_ += n + 1;
      return true;
    }
    seen = size;
    if (size > bounds::record_line_bytes_max) return pass_over(l);
    if (fill()) continue;
    if (size == 0) return false;
    l = {buffer_.data(), size, offset_, false, false};
    begin_ = end_;
    offset_ += size;
    return true;
  }
}

bool line_reader::pass_over(line& l) {
  l = {nullptr, 0, offset_, false, true};
  const void* newline = nullptr;
  do {
    offset_ += end_ - begin_;
    begin_ = end_ = 0;
    if (!fill()) return true;
    newline = std::memchr(buffer_.data(), '\n', end_);
  } while (newline == nullptr);
  begin_ =
      static_cast<std::size_t>(static_cast<const char*>(newline) - buffer_.data()) + 1;
  offset_ += begin_;
  l.ended = true;
  return true;
}

bool line_reader::next(line& l) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  while (next_raw(l)) {
    if (l.too_long) return true;
    if (l.offset == 0 && std::string_view{l.text, l.size}.starts_with(byte_order_mark)) {
      l.text += byte_order_mark.size();
      l.size -= byte_order_mark.size();
    }
    if (l.size > 0 && l.text[l.size - 1] == '\r') --l.size;
    const std::string_view text{l.text, l.size};
    if (text.find_first_not_of(" \t") != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace scaleit::record
