// The terminal while `scaleit top` has it: a screen of its own, keys as they are pressed,
// and everything as it was afterwards, however it ends.
#pragma once

#include "main/shared_descriptor.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <termios.h>
#include <vector>

namespace scaleit::main {

class top_screen {
 public:
  struct handlers {
    std::function<void(std::string_view key)> on_key;  ///< "q", "up", "page-down"
    std::function<void()> on_resize;                   ///< or after a pause (Ctrl-Z)
    std::function<void()> on_end;  ///< asked to, by a signal or Ctrl-C
  };

  top_screen(boost::asio::io_context& io, handlers h);
  ~top_screen();
  top_screen(const top_screen&) = delete;
  top_screen& operator=(const top_screen&) = delete;

  struct extent {
    std::size_t width, height;
  };
  static extent size();

  /// Nothing else remains on the screen. Lines are no wider than it is.
  void draw(const std::vector<std::string>& lines);

 private:
  void enter();
  void leave() noexcept;
  void suspend();
  void await_key();
  void await_signal();
  void keys(std::string_view bytes);

  handlers handlers_;
  shared_descriptor input_;
  boost::asio::signal_set signals_;
  termios before_{};
  bool entered_ = false;
};

/// The names of the keys in what a terminal sends; what is none is left out.
std::vector<std::string_view> keys_in(std::string_view bytes);

}  // namespace scaleit::main
