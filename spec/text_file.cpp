#include "spec/text_file.hpp"

#include "spec/input_error.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace scaleit::spec {

namespace {

[[noreturn]] void refuse(std::string_view file, std::string_view why, std::size_t most,
                         std::string_view accepted) {
  throw input_error{
      fmt::format("{}: {}; accepted: {}, at most {} bytes", file, why, accepted, most)};
}

/// Bounded while reading, not by its size beforehand: it may be a pipe.
std::string read_all(std::istream& in, const std::string& file, std::size_t most,
                     std::string_view accepted) {
  std::string text;
  std::string piece(64 * 1024, '\0');
  while (in && text.size() <= most) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    text.append(piece, 0, static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad()) refuse(file, "cannot be read", most, accepted);
  if (text.size() > most) refuse(file, "is too large", most, accepted);
  return text;
}

/// Whoever shares it with us may have made it non-blocking.
void wait_for_input() {
  pollfd empty{STDIN_FILENO, POLLIN, 0};
  ::poll(&empty, 1, -1);
}

}  // namespace

std::string read_text_file(const std::string& file, std::size_t bytes_max,
                           std::string_view accepted) {
  struct stat about {};
  if (::stat(file.c_str(), &about) != 0)
    refuse(file, std::strerror(errno), bytes_max, accepted);
  if (S_ISDIR(about.st_mode)) refuse(file, "is a directory", bytes_max, accepted);
  std::ifstream in{file, std::ios::binary};
  if (!in) refuse(file, std::strerror(errno), bytes_max, accepted);
  return read_all(in, file, bytes_max, accepted);
}

std::string read_standard_input(std::size_t bytes_max) {
  constexpr std::string_view accepted = "a text on standard input";
  std::string text;
  std::string piece(64 * 1024, '\0');
  while (text.size() <= bytes_max) {
    // Not through std::cin, to which a descriptor that cannot be read is an empty one.
    const auto n = ::read(STDIN_FILENO, piece.data(), piece.size());
    if (n == 0) return text;
    if (n > 0)
      text.append(piece, 0, static_cast<std::size_t>(n));
    else if (errno == EAGAIN)
      wait_for_input();
    else if (errno != EINTR)
      refuse("-", fmt::format("cannot be read: {}", std::strerror(errno)), bytes_max,
             accepted);
  }
  refuse("-", "is too large", bytes_max, accepted);
}

}  // namespace scaleit::spec
