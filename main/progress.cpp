#include "main/progress.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <unistd.h>

namespace scaleit::main {

namespace {

using clock = std::chrono::steady_clock;
constexpr auto first_after = std::chrono::milliseconds{300};  // what is quick has no bar
constexpr auto interval = std::chrono::milliseconds{100};
constexpr std::size_t width = 40;

}  // namespace

progress::progress()
    : visible_(isatty(STDERR_FILENO) == 1), next_(clock::now() + first_after) {}

progress::~progress() {
  if (drawn_) std::fputs("\r\033[K", stderr);
}

void progress::show(std::uint64_t done, std::optional<std::uint64_t> total) {
  if (!visible_) return;
  const auto now = clock::now();
  if (now < next_) return;
  next_ = now + interval;
  draw(done, total);
}

void progress::draw(std::uint64_t done, std::optional<std::uint64_t> total) {
  drawn_ = true;
  const double mib = static_cast<double>(done) / (1 << 20);
  if (!total || *total == 0) {
    fmt::print(stderr, "\r\033[K{:.1f} MiB read", mib);
  } else {
    const double part =
        std::min(1.0, static_cast<double>(done) / static_cast<double>(*total));
    const auto full = static_cast<std::size_t>(part * width);
    fmt::print(stderr, "\r\033[K[{}{}] {:3.0f} % of {:.1f} MiB", std::string(full, '#'),
               std::string(width - full, ' '), part * 100,
               static_cast<double>(*total) / (1 << 20));
  }
  std::fflush(stderr);
}

}  // namespace scaleit::main
