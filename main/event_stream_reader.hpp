// Server-Sent Events (WHATWG HTML, 9.2), as they arrive: cut anywhere.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace scaleit::main {

struct stream_event {
  std::string type;  ///< empty: a message
  std::string data;  ///< without the last line break
};

class event_stream_reader {
 public:
  struct handlers {
    std::function<void(const stream_event&)> on_event;
    std::function<void(std::string_view)> on_comment;  ///< without the blank before it
  };

  event_stream_reader(handlers h, std::size_t bytes_max)
      : handlers_(std::move(h)), bytes_max_(bytes_max) {}

  /// False: an event or a line is larger than `bytes_max`, and all that follows is lost.
  bool feed(std::string_view bytes);

  /// Another connection begins: half an event is none.
  void restart();

  /// Of the last event that was complete; what to go on after. Outlives a restart.
  const std::string& last_id() const { return last_id_; }
  /// How long the server wants one to wait before one comes back.
  std::optional<std::chrono::milliseconds> retry() const { return retry_; }

 private:
  bool take(char c);
  void line();
  void field(std::string_view name, std::string_view value);
  void dispatch();

  handlers handlers_;
  std::size_t bytes_max_;
  std::string line_;
  bool after_return_ = false;  // a line feed now belongs to the end of the line before
  bool at_start_ = true;
  stream_event event_;
  bool has_data_ = false;
  std::string id_, last_id_;
  std::optional<std::chrono::milliseconds> retry_;
};

}  // namespace scaleit::main
