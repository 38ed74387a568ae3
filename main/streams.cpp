#include "main/streams.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <system_error>
#include <unistd.h>

namespace scaleit::main {

namespace {

/// Writes all of it, also to what takes only some at a time; the error, or 0.
int write_all(int file, std::string_view text) noexcept {
  while (!text.empty()) {
    const auto n = ::write(file, text.data(), text.size());
    if (n >= 0) {
      text.remove_prefix(static_cast<std::size_t>(n));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return errno;
    // Whoever shares it with us has made it non-blocking; wait instead.
    pollfd full{file, POLLOUT, 0};
    if (::poll(&full, 1, -1) < 0 && errno != EINTR) return errno;
  }
  return 0;
}

}  // namespace

output_error::output_error(int number)
    : std::runtime_error{"standard output cannot be written to: " +
                         std::generic_category().message(number)},
      nobody_reads{number == EPIPE} {}

void open_standard_streams() {
  // Input and output as good as closed: reading and writing remain errors, and those who
  // asked for it hear of it. What is complained about to nobody goes nowhere.
  constexpr std::array<int, 3> how{O_WRONLY, O_RDONLY, O_WRONLY};
  for (int file = 0; file < 3; ++file) {
    if (::fcntl(file, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free number, which is this one, is what is opened. Where there is no
    // /dev, the root will do: it can be neither read nor written.
    if (::open("/dev/null", how[static_cast<std::size_t>(file)]) < 0)
      ::open("/", O_RDONLY | O_DIRECTORY);
  }
}

void put(std::string_view text) {
  if (const int error = write_all(STDOUT_FILENO, text); error != 0)
    throw output_error{error};
}

void put_error(std::string_view line) noexcept {
  std::array<char, 1024> text;
  // In one piece, so that the lines of several processes do not mix.
  if (line.size() < text.size()) {
    line.copy(text.data(), line.size());
    text[line.size()] = '\n';
    write_all(STDERR_FILENO, {text.data(), line.size() + 1});
  } else {
    write_all(STDERR_FILENO, line);
    write_all(STDERR_FILENO, "\n");
  }
}

}  // namespace scaleit::main
