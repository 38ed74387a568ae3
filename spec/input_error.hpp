// A mistake in what the user gave: options, variables, files. One line, exit code 2.
#pragma once

#include <stdexcept>

namespace scaleit::spec {

struct input_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace scaleit::spec
