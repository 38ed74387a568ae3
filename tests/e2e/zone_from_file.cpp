// Preloaded into the daemon: the zone Europe/Berlin is the file that ZONE_FROM_FILE
// names, for whoever opens it. So a test can break a zone without touching the machine.
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>

namespace {

const char* instead_of(const char* path) {
  constexpr const char* broken = "/zoneinfo/Europe/Berlin";
  const auto size = std::strlen(path), tail = std::strlen(broken);
  const bool meant = size > tail && std::strcmp(path + size - tail, broken) == 0;
  const char* file = std::getenv("ZONE_FROM_FILE");
  return meant && file ? file : path;
}

int open_at(const char* path, int flags, unsigned mode) {
  return ::openat(AT_FDCWD, instead_of(path), flags, mode);
}

FILE* open_stream(const char* name, const char* path, const char* mode) {
  using opener = FILE* (*)(const char*, const char*);
  return reinterpret_cast<opener>(::dlsym(RTLD_NEXT, name))(instead_of(path), mode);
}

}  // namespace

extern "C" int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const auto mode = (flags & O_CREAT) != 0 ? va_arg(more, unsigned) : 0;
  va_end(more);
  return open_at(path, flags, mode);
}

extern "C" FILE* fopen(const char* path, const char* mode) {
  return open_stream("fopen", path, mode);
}

extern "C" FILE* fopen64(const char* path, const char* mode) {
  return open_stream("fopen64", path, mode);
}
