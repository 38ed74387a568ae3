#include "spec/text_file.hpp"

#include "spec/input_error.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sys/stat.h>

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
  return read_all(std::cin, "-", bytes_max, "a text");
}

}  // namespace scaleit::spec
