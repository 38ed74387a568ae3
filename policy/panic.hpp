// [`panic`] What one metric asks for by Knative's windows, instead of by HPA's formula.
#pragma once

#include "policy/rule.hpp"
#include "policy/windows.hpp"

#include <array>
#include <optional>

namespace scaleit::policy {

/// What it remembers of one metric: loads, and what the last observation asked for.
struct panic_memory {
  sum_window stable;
  sum_window burst;
  int stable_wish = 0;                 ///< clamped
  int burst_wish = 0;                  ///< clamped
  std::optional<time_point> panicked;  ///< the last moment above the threshold
  int highest = 0;                     ///< of all wishes while the panic lasts
  bool operator==(const panic_memory&) const = default;

  void watch(const panic_spec& spec, double target, double load, int serving,
             time_point at);
  void shift(microseconds by);
};

/// As last watched, with the step from `current` to it.
step panic_wish(const target_spec& spec, std::size_t metric, const panic_memory& m,
                int current, time_point now);
void panic_hold(holds& h);

/// The sentence of a `target` step that was made by these windows.
std::string why_average(const step& s, const target_spec& spec);
std::string why_panic(const step& s, const target_spec& spec);

inline constexpr std::array panic_rows{rule_row{rule::panic, "panic", &why_panic}};

}  // namespace scaleit::policy
