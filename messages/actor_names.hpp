// The actors' public names: in events, in metrics, in health and on the command line.
#pragma once

#include <array>

namespace scaleit::actor_names {

inline constexpr const char* poller = "poller";
inline constexpr const char* decider = "decider";
inline constexpr const char* actuator = "actuator";
inline constexpr const char* supervisor = "supervisor";
inline constexpr const char* telemetry = "telemetry";
inline constexpr const char* logger = "logger";
inline constexpr const char* recorder = "recorder";
inline constexpr const char* api = "api";

/// Those that `--chaos` may crash: all but the one that sees to it that they come back.
inline constexpr std::array crashable{poller, decider,  actuator, telemetry,
                                      logger, recorder, api};

}  // namespace scaleit::actor_names
