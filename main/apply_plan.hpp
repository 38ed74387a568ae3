// What `apply` has to do for one target, from what the files want and what there is.
#pragma once

#include "main/target_files.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace scaleit::main {

enum class apply_step : std::uint8_t {
  create,
  change,   ///< or, where credentials cannot be compared, perhaps nothing
  nothing,  ///< as it is wanted already
  refuse,   ///< credentials that are not known are to be written
};

/// `now`: the target as the daemon tells it; null if there is none.
apply_step plan_for(const wanted_target& wanted, const spec::document* now);

/// `created`, `configured`, `unchanged`: of an answer to a PUT, from the targets before
/// and after. Null: there was none.
std::string_view outcome_of(const spec::document* before, const spec::document& after);

}  // namespace scaleit::main
