// The drop-in mode: one application, described by six environment variables.
#pragma once

#include "messages/log_line.hpp"
#include "messages/target_spec.hpp"
#include "spec/environment.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::spec {

inline constexpr std::array<std::string_view, 6> drop_in_variables{
    "APP_SERVICE_URL", "APP_SERVICE_PORT", "SCALE_RESOLUTION_TIME",
    "SCALE_METRIC",    "SCALE_TOLERANCE",  "LOG_LEVEL"};

struct drop_in_settings {
  target_spec target;  ///< named `app`; no windows, no limits but at least 1 replica
  std::vector<std::string> warnings{};  ///< of what is accepted and odd
  log_level level = log_level::info;
};

/// Reads APP_SERVICE_URL, APP_SERVICE_PORT, SCALE_RESOLUTION_TIME, SCALE_METRIC,
/// SCALE_TOLERANCE and LOG_LEVEL. Throws input_error with one line that names the
/// variable, its value and what is accepted. A variable that is set but empty is an
/// error, too: it would otherwise hide a typo in whatever was to fill it.
drop_in_settings read_drop_in(const environment& env);

/// DEBUG, INFO, WARNING, ERROR (any case; WARN and CRITICAL accepted); throws
/// input_error.
log_level read_log_level(const environment& env);

}  // namespace scaleit::spec
