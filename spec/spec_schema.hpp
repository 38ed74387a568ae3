// The JSON Schema (draft-07) of a config file, and of a TargetSpec alone.
#pragma once

#include <string>

namespace scaleit::spec {

/// What it cannot say: ranges of durations that are texts, what is required when
/// `defaults` give a part, and whatever concerns two settings at once.
std::string config_schema();

}  // namespace scaleit::spec
