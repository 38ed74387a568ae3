// A file, and the calls the record makes on it; errors are values, since a full disk is
// weather.
#pragma once

#include "messages/descriptor.hpp"

#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <unistd.h>

namespace scaleit::record {

inline std::error_code last_error() { return {errno, std::generic_category()}; }

class posix_file {
 public:
  posix_file() = default;
  posix_file(const std::filesystem::path& path, int flags, mode_t mode = 0640)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}

  bool is_open() const { return fd_.is_open(); }
  int fd() const { return fd_.get(); }
  void close() { fd_.close(); }

  /// All of it, or as much as goes: `written` tells.
  std::error_code write(std::string_view bytes, std::size_t& written) {
    for (written = 0; written < bytes.size();) {
      const auto n = ::write(fd(), bytes.data() + written, bytes.size() - written);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return last_error();
      written += static_cast<std::size_t>(n);
    }
    return {};
  }

  /// To the disk, where there is one behind it.
  std::error_code sync() {
    if (::fdatasync(fd()) == 0 || errno == EINVAL || errno == EROFS) return {};
    return last_error();
  }

 private:
  descriptor fd_;
};

}  // namespace scaleit::record
