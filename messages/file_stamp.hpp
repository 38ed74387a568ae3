// What tells, without reading it, that a file is another than before: certificates and
// tokens are replaced while the daemon runs.
#pragma once

#include <string>
#include <string_view>
#include <sys/stat.h>
#include <tuple>

namespace scaleit {

/// What changes when a file is written to, replaced, or made readable. That of a file
/// which is not there is the default one.
using file_stamp =
    std::tuple<unsigned long, unsigned long, long long, long long, long long>;

/// Follows symbolic links, by which whole directories of secrets are exchanged.
inline file_stamp stamp_of(const std::string& file) {
  const auto nanoseconds = [](const timespec& t) {
    return static_cast<long long>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
  };
  struct stat s {};
  if (::stat(file.c_str(), &s) != 0) return {};
  return {s.st_dev, s.st_ino, s.st_size, nanoseconds(s.st_mtim), nanoseconds(s.st_ctim)};
}

/// What it is that is no regular file: `is a directory`; empty if it is one. Others are
/// not to be read again and again: a pipe would be waited for, a device may never end.
inline std::string_view oddity_of(mode_t mode) {
  return S_ISREG(mode)    ? ""
         : S_ISDIR(mode)  ? "is a directory"
         : S_ISFIFO(mode) ? "is a pipe"
         : S_ISSOCK(mode) ? "is a socket"
                          : "is a device";
}

}  // namespace scaleit
