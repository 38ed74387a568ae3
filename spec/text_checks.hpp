// What is wrong with a text whose form is right: asks those who will use it.
#pragma once

#include "spec/spec_visitor.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace scaleit::spec {

/// Half a sentence, which quotes no credentials, or nothing. Pure, but for the zones that
/// this machine knows. What an expression is worth depends on the metrics: see
/// policy::complaint_about_expression.
std::optional<std::string> complaint_about(text_form form, std::string_view text);

}  // namespace scaleit::spec
