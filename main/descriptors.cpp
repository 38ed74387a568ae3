#include "main/descriptors.hpp"

#include "messages/bounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <sys/resource.h>

namespace scaleit::main {

namespace {

constexpr std::size_t standard = 3;  ///< input, output, error
constexpr std::size_t least = bounds::own_descriptors_min +
                              2 * bounds::client_descriptors_min +
                              bounds::application_descriptors_min;

/// What whoever started us left open.
std::size_t inherited() {
  std::error_code unknown;
  const std::filesystem::directory_iterator open{"/proc/self/fd", unknown}, none;
  if (unknown) return 0;
  const auto n = static_cast<std::size_t>(std::distance(open, none));
  return n > standard + 1 ? n - standard - 1 : 0;  // one is the look itself
}

}  // namespace

std::optional<descriptor_shares> share_descriptors(std::size_t allowed,
                                                   std::size_t taken) {
  if (allowed < taken + least) return {};
  const auto free = allowed - taken;
  descriptor_shares s{};
  s.own = std::clamp(free / 4, bounds::own_descriptors_min, bounds::own_descriptors_max);
  s.clients = std::clamp(free / 10, bounds::client_descriptors_min,
                         bounds::server_connections_max);
  s.api = std::clamp(free / 20, bounds::client_descriptors_min,
                     bounds::server_connections_max);
  s.applications =
      std::min(free - s.own - s.clients - s.api, bounds::application_descriptors_max);
  return s;
}

descriptor_shares claim_descriptors() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) files = {1024, 1024};
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  getrlimit(RLIMIT_NOFILE, &files);
  const auto taken = inherited();
  if (const auto s = share_descriptors(files.rlim_cur, taken)) return *s;
  throw std::runtime_error{fmt::format(
      "at most {} files may be open (ulimit -n){}; accepted: at least {}", files.rlim_cur,
      taken == 0 ? "" : fmt::format(", and {} are from the start", taken),
      taken + least)};
}

}  // namespace scaleit::main
