#include "spec/text_file.hpp"

#include "messages/bounds.hpp"
#include "messages/descriptor.hpp"
#include "messages/file_stamp.hpp"
#include "messages/text.hpp"
#include "spec/input_error.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace scaleit::spec {

namespace {

/// What every complaint about a file says at its end.
struct complaint {
  std::string_view file;
  std::size_t bytes_max;
  std::string_view accepted;

  [[noreturn]] void refuse(std::string_view why) const {
    throw input_error{fmt::format("{}: {}; accepted: {}, at most {} bytes",
                                  printable(file, PATH_MAX), why, accepted, bytes_max)};
  }
};

struct opened_file {
  explicit opened_file(const complaint& c)
      // A pipe that nobody writes to would be waited for here for ever.
      : fd{::open(std::string{c.file}.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)} {
    struct stat about {};
    if (!fd.is_open() || ::fstat(fd.get(), &about) != 0) c.refuse(std::strerror(errno));
    mode = about.st_mode;
  }
  descriptor fd;
  mode_t mode = 0;
};

/// Bounded while reading, not by its size beforehand: it may be a pipe.
std::string read_all(int fd, const complaint& c) {
  std::string text;
  std::array<char, 64 * 1024> piece;
  while (true) {
    const auto n = ::read(fd, piece.data(), piece.size());
    if (n == 0) return text;
    if (n > 0) {
      text.append(piece.data(), static_cast<std::size_t>(n));
      if (text.size() > c.bytes_max) c.refuse("is too large");
    } else if (errno == EAGAIN) {
      pollfd more{fd, POLLIN, 0};
      const auto wait = std::chrono::milliseconds{bounds::pipe_wait_max}.count();
      if (::poll(&more, 1, static_cast<int>(wait)) == 0)
        c.refuse("is a pipe that says nothing");
    } else if (errno != EINTR) {
      c.refuse(fmt::format("cannot be read: {}", std::strerror(errno)));
    }
  }
}

}  // namespace

std::string read_text_file(const std::string& file, std::size_t bytes_max,
                           std::string_view accepted) {
  const complaint c{file, bytes_max, accepted};
  const opened_file in{c};
  if (S_ISDIR(in.mode)) c.refuse("is a directory");
  auto text = read_all(in.fd.get(), c);
  if (text.empty() && S_ISFIFO(in.mode)) c.refuse("is a pipe that nobody writes to");
  return text;
}

std::string read_regular_file(const std::string& file, std::size_t bytes_max,
                              std::string_view accepted) {
  const complaint c{file, bytes_max, accepted};
  const opened_file in{c};
  if (const auto odd = oddity_of(in.mode); !odd.empty()) c.refuse(odd);
  return read_all(in.fd.get(), c);
}

bool is_regular_file(const std::string& file) {
  struct stat about {};
  return ::stat(file.c_str(), &about) == 0 && S_ISREG(about.st_mode);
}

std::string read_standard_input(std::size_t bytes_max) {
  return read_all(STDIN_FILENO, {"-", bytes_max, "a text on standard input"});
}

std::string_view encoding_of_text(std::string_view text) {
  using namespace std::string_view_literals;
  if (text.starts_with("\xFF\xFE\0\0"sv) || text.starts_with("\0\0\xFE\xFF"sv))
    return "UTF-32";
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return "UTF-16";
  // Without a mark: what people write begins with two characters of ASCII.
  std::string zeros;
  for (const char c : text.substr(0, 4)) zeros += c == '\0' ? '0' : 'x';
  if (zeros == "x000" || zeros == "000x") return "UTF-32";
  const bool half =
      zeros == "x0x0" || zeros == "0x0x" ||
      (text.size() < 4 && (zeros.starts_with("x0") || zeros.starts_with("0x")));
  return half ? "UTF-16" : "";
}

}  // namespace scaleit::spec
