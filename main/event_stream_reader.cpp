#include "main/event_stream_reader.hpp"

#include <charconv>
#include <utility>

namespace scaleit::main {

bool event_stream_reader::feed(std::string_view bytes) {
  for (const char c : bytes)
    if (!take(c)) return false;
  return true;
}

void event_stream_reader::restart() {
  line_.clear();
  event_ = {};
  has_data_ = after_return_ = false;
  at_start_ = true;
  id_ = last_id_;
}

/// A line ends with CR, LF or both.
bool event_stream_reader::take(char c) {
  const bool second_half = std::exchange(after_return_, c == '\r') && c == '\n';
  if (second_half) return true;
  if (c == '\r' || c == '\n') {
    line();
    line_.clear();
    return true;
  }
  if (line_.size() + event_.data.size() >= bytes_max_) return false;
  line_ += c;
  return true;
}

void event_stream_reader::line() {
  std::string_view l = line_;
  if (std::exchange(at_start_, false) && l.starts_with("\xEF\xBB\xBF"))
    l.remove_prefix(3);
  if (l.empty()) return dispatch();
  const auto colon = l.find(':');
  auto value = colon == std::string_view::npos ? std::string_view{} : l.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (colon == 0) {
    if (handlers_.on_comment) handlers_.on_comment(value);
    return;
  }
  field(l.substr(0, colon), value);
}

void event_stream_reader::field(std::string_view name, std::string_view value) {
  if (name == "data") {
    if (std::exchange(has_data_, true)) event_.data += '\n';
    event_.data += value;
  } else if (name == "event") {
    event_.type = value;
  } else if (name == "id") {
    if (value.find('\0') == std::string_view::npos) id_ = value;
  } else if (name == "retry") {
    std::uint32_t ms = 0;
    const auto* end = value.data() + value.size();
    if (const auto [to, e] = std::from_chars(value.data(), end, ms);
        !value.empty() && to == end && e == std::errc{})
      retry_ = std::chrono::milliseconds{ms};
  }
}

void event_stream_reader::dispatch() {
  last_id_ = id_;
  const auto whole = std::exchange(event_, {});
  if (std::exchange(has_data_, false) && handlers_.on_event) handlers_.on_event(whole);
}

}  // namespace scaleit::main
