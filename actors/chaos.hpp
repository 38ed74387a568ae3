// Crashes on purpose, so that anyone can watch supervision work (`--chaos`).
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string_view>

namespace scaleit::actors {

struct chaos_error : std::runtime_error {
  chaos_error() : std::runtime_error{"chaos"} {}
};

/// Where in the handling of a message the crash comes: the two ends between which an
/// actor has touched nothing, or everything.
enum class strike : std::uint8_t { none, before, after };

class chaos {
 public:
  /// Asked once per message an actor handles.
  using plan = std::function<strike(std::string_view actor)>;

  chaos() = default;
  explicit chaos(plan p) : plan_(std::move(p)) {}

  /// Runs `body`, or not, and throws chaos_error before or after it as planned.
  template <class F>
  void disturb(std::string_view actor, F&& body) {
    if (!plan_) return body();
    const strike s = plan_(actor);
    if (s == strike::before) throw chaos_error{};
    body();
    if (s == strike::after) throw chaos_error{};
  }

 private:
  plan plan_;
};

}  // namespace scaleit::actors
