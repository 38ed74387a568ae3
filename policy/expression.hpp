#pragma once
#include "messages/target_spec.hpp"

#include <memory>
#include <span>
namespace scaleit::policy {
class expression {
 public:
  double operator()(std::span<const double> values) const noexcept;
};
std::shared_ptr<const expression> expression_of(const target_spec& spec);
}  // namespace scaleit::policy
