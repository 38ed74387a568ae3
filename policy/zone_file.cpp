#include "policy/zone_file.hpp"

#include "messages/bounds.hpp"
#include "messages/descriptor.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <limits>
#include <sys/stat.h>
#include <unistd.h>

namespace scaleit::policy {

namespace {

constexpr std::int64_t offset_max = 26 * 60 * 60;  // seconds; RFC 9636, 3.2
constexpr std::string_view cut = "is cut short";

using complaint = std::optional<std::string>;

/// Takes big-endian numbers from the front of a text; what is not there is an error.
class cursor {
 public:
  explicit cursor(std::string_view text) : rest_(text) {}

  bool has(std::uint64_t bytes) const { return rest_.size() >= bytes; }
  std::string_view take(std::size_t bytes) {
    const auto taken = rest_.substr(0, bytes);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  std::int64_t number(std::size_t bytes) {
    std::uint64_t n = 0;
    for (const char c : take(bytes)) n = n << 8 | static_cast<unsigned char>(c);
    if (bytes == 4) return static_cast<std::int32_t>(static_cast<std::uint32_t>(n));
    return static_cast<std::int64_t>(n);
  }
  std::uint8_t byte() { return static_cast<std::uint8_t>(take(1).front()); }

 private:
  std::string_view rest_;
};

struct header {
  char version = 0;
  /// In the order of the file: how many of each.
  std::uint64_t is_ut = 0, is_standard = 0, leaps = 0, times = 0, types = 0, chars = 0;

  std::uint64_t data_bytes(std::uint64_t time_bytes) const {
    return times * (time_bytes + 1) + types * 6 + chars + leaps * (time_bytes + 4) +
           is_standard + is_ut;
  }
};

complaint read_header(cursor& in, header& h) {
  if (!in.has(44)) return std::string{in.has(4) ? cut : "is no TZif file"};
  if (in.take(4) != "TZif") return "is no TZif file";
  h.version = in.take(1).front();
  if (h.version != 0 && (h.version < '2' || h.version > '4'))
    return "has a version that is not known";
  in.take(15);
  for (auto* count : {&h.is_ut, &h.is_standard, &h.leaps, &h.times, &h.types, &h.chars})
    *count = static_cast<std::uint32_t>(in.number(4));
  return {};
}

complaint check_data(cursor& in, const header& h, std::size_t time_bytes) {
  if (h.types == 0 || h.types > 256 || h.chars == 0) return "has no local time";
  if (!in.has(h.data_bytes(time_bytes))) return std::string{cut};
  auto before = std::numeric_limits<std::int64_t>::min();
  for (std::uint64_t i = 0; i < h.times; ++i) {
    const auto at = in.number(time_bytes);
    if (i > 0 && at <= before) return "has times that do not grow";
    before = at;
  }
  for (std::uint64_t i = 0; i < h.times; ++i)
    if (in.byte() >= h.types) return "refers to a type that is not there";
  for (std::uint64_t i = 0; i < h.types; ++i) {
    const auto offset = in.number(4);
    if (offset < -offset_max || offset > offset_max)
      return "has an offset of more than 26 hours";
    if (in.byte() > 1) return "has a type that is neither standard nor daylight time";
    if (in.byte() >= h.chars) return "refers to a name that is not there";
  }
  if (in.take(h.chars).back() != '\0') return "has a name without end";
  in.take(h.data_bytes(time_bytes) - h.times * (time_bytes + 1) - h.types * 6 - h.chars);
  return {};
}

/// The library's own idea of where the database is.
const char* directory() {
  constexpr const char* other = "/usr/share/zoneinfo/uclibc";
  struct stat about {};
  const bool there = ::stat(other, &about) == 0 && S_ISDIR(about.st_mode);
  return there ? other : "/usr/share/zoneinfo";
}

}  // namespace

std::optional<std::string> complaint_about_tzif(std::string_view content) {
  cursor in{content};
  header h;
  if (auto wrong = read_header(in, h)) return wrong;
  if (h.version == 0) return check_data(in, h, 4);
  // A second time, in 64 bits, which is what counts then.
  if (!in.has(h.data_bytes(4))) return std::string{cut};
  in.take(h.data_bytes(4));
  header second;
  if (auto wrong = read_header(in, second)) return wrong;
  if (second.version != h.version) return "has two versions";
  return check_data(in, second, 8);
}

std::optional<std::string> complaint_about_zone_file(std::string_view zone) {
  const auto path = std::string{directory()} + "/" + std::string{zone};
  // Without waiting for the other end of what may be a pipe.
  const descriptor file{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
  struct stat about {};
  if (!file.is_open() || ::fstat(file.get(), &about) != 0) return std::strerror(errno);
  if (!S_ISREG(about.st_mode)) return "is no file";
  std::string content(bounds::zone_file_bytes_max + 1, '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    const auto n = ::read(file.get(), content.data() + size, content.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::strerror(errno);
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  if (size > bounds::zone_file_bytes_max) return "is too large";
  return complaint_about_tzif({content.data(), size});
}

}  // namespace scaleit::policy
