#include "main/top_screen.hpp"

#include "main/streams.hpp"

#include <array>
#include <csignal>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace scaleit::main {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// ECMA-48 and xterm's private modes: the other screen (1049), the cursor (25).
constexpr std::string_view enter_screen = "\033[?1049h\033[?25l\033[2J";
constexpr std::string_view leave_screen = "\033[0m\033[?25h\033[?1049l";

struct sequence {
  std::string_view bytes, name;
};
constexpr std::array<sequence, 12> sequences{{{"\033[A", "up"},
                                              {"\033[B", "down"},
                                              {"\033OA", "up"},
                                              {"\033OB", "down"},
                                              {"\033[5~", "page-up"},
                                              {"\033[6~", "page-down"},
                                              {"\033[H", "home"},
                                              {"\033[F", "end"},
                                              {"\033[1~", "home"},
                                              {"\033[4~", "end"},
                                              {"\x03", "interrupt"},
                                              {"\x1a", "suspend"}}};

}  // namespace

std::vector<std::string_view> keys_in(std::string_view bytes) {
  std::vector<std::string_view> keys;
  while (!bytes.empty()) {
    const sequence* found = nullptr;
    for (const auto& s : sequences)
      if (bytes.starts_with(s.bytes)) found = &s;
    if (found != nullptr) {
      keys.push_back(found->name);
      bytes.remove_prefix(found->bytes.size());
    } else if (bytes[0] == '\033' && bytes.size() > 2 &&
               (bytes[1] == '[' || bytes[1] == 'O')) {
      // One that is not known: up to its last byte (ECMA-48, 5.4).
      const auto end = bytes.find_first_of(
          "@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~", 2);
      bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    } else {
      if (bytes[0] > ' ' && bytes[0] < '\x7f') keys.push_back(bytes.substr(0, 1));
      bytes.remove_prefix(1);
    }
  }
  return keys;
}

top_screen::top_screen(asio::io_context& io, handlers h)
    : handlers_(std::move(h)), input_(io, STDIN_FILENO, EPOLLIN), signals_(io) {
  for (const int s : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGCONT})
    signals_.add(s);
  enter();
  await_key();
  await_signal();
}

top_screen::~top_screen() { leave(); }

void top_screen::enter() {
  if (entered_ || ::tcgetattr(STDIN_FILENO, &before_) != 0) return;
  auto raw = before_;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ISIG | IEXTEN);
  raw.c_iflag &= ~static_cast<tcflag_t>(IXON | ICRNL);
  raw.c_cc[VMIN] = 0;
  raw.c_cc[VTIME] = 0;
  ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  entered_ = true;
  put(enter_screen);
}

void top_screen::leave() noexcept {
  if (!std::exchange(entered_, false)) return;
  try {
    put(leave_screen);
  } catch (const output_error&) {
    // The terminal is gone, and with it what was to be restored.
  }
  ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

/// As Ctrl-Z does elsewhere; goes on when it is continued.
void top_screen::suspend() {
  leave();
  ::kill(0, SIGTSTP);  // the whole job; the kernel knows whether anybody could wake it
  enter();
  handlers_.on_resize();
}

void top_screen::await_key() {
  input_.wait([this] {
    std::array<char, 256> bytes;
    const auto n = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    // Nothing, though there was something to read: the terminal has hung up.
    if (n <= 0) return handlers_.on_end();
    keys({bytes.data(), static_cast<std::size_t>(n)});
    await_key();
  });
}

void top_screen::keys(std::string_view bytes) {
  for (const auto key : keys_in(bytes)) {
    if (key == "interrupt")
      handlers_.on_end();
    else if (key == "suspend")
      suspend();
    else
      handlers_.on_key(key);
  }
}

void top_screen::await_signal() {
  signals_.async_wait([this](const error_code& e, int signal) {
    if (e) return;
    if (signal == SIGWINCH || signal == SIGCONT) {
      // Whoever continued us may have used the terminal.
      if (signal == SIGCONT && entered_) {
        entered_ = false;
        const auto before = before_;
        enter();
        before_ = before;
      }
      handlers_.on_resize();
    } else {
      handlers_.on_end();
    }
    await_signal();
  });
}

top_screen::extent top_screen::size() {
  winsize w{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) != 0 || w.ws_col == 0 || w.ws_row == 0)
    return {80, 24};
  return {w.ws_col, w.ws_row};
}

void top_screen::draw(const std::vector<std::string>& lines) {
  std::string frame = "\033[H";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) frame += "\r\n";
    frame += "\033[K" + lines[i] + "\033[0m";  // not behind a full line: that is its end
  }
  put(frame + "\033[J");
}

}  // namespace scaleit::main
