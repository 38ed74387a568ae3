// All rules: the table of their codes, names and sentences, and what they tell of what
// holds. Each rule's file brings its own; here is only which files there are.
#pragma once

#include "policy/bounds.hpp"
#include "policy/combine.hpp"
#include "policy/fallback.hpp"
#include "policy/flap_budget.hpp"
#include "policy/guard.hpp"
#include "policy/hold.hpp"
#include "policy/mode.hpp"
#include "policy/panic.hpp"
#include "policy/rate_limit.hpp"
#include "policy/recommend.hpp"
#include "policy/shadow.hpp"
#include "policy/stabilize.hpp"
#include "policy/zero.hpp"

#include <algorithm>
#include <array>

namespace scaleit::policy {

template <std::size_t... Sizes>
constexpr auto joined(const std::array<rule_row, Sizes>&... rows) {
  std::array<rule_row, (Sizes + ...)> all{};
  auto out = all.begin();
  ((out = std::copy(rows.begin(), rows.end(), out)), ...);
  return all;
}

/// By code.
inline constexpr auto rule_table =
    joined(recommend_rows, panic_rows, combine_rows, hold_rows, fallback_rows,
           stabilize_rows, guard_rows, rate_rows, flap_rows, switched_off_rows, zero_rows,
           bounds_rows, mode_rows, shadow_rows);

static_assert(rule_table.size() == rules, "each code has one row");
static_assert(
    [] {
      for (std::size_t i = 0; i < rule_table.size(); ++i)
        if (rule_table[i].code != static_cast<rule>(i)) return false;
      return true;
    }(),
    "the rows are in the order of the codes");

/// What each rule tells when somebody asks what holds, in the order in which it is told.
inline constexpr std::array rule_holds{
    &fallback_hold, &stabilize_hold, &rate_hold, &warmup_hold,   &panic_hold,
    &guard_hold,    &flap_hold,      &zero_hold, &schedule_hold, &mode_hold};

}  // namespace scaleit::policy
