// The one description of every setting: name, type, range, meaning. The defaults are
// those of the structs themselves.
#pragma once

#include "spec/config_spec.hpp"
#include "spec/spec_visitor.hpp"

#include <array>
#include <string_view>

namespace scaleit::spec {

void describe(fields<target_spec>& f);
void describe(fields<policy_spec>& f);  ///< part of the above
void describe(fields<config_spec>& f);  ///< but for `defaults` and `targets`

/// Visits `value` beside its default.
template <class S>
void visit(spec_visitor& v, S& value) {
  static const S plain{};
  fields<S> f{v, value, plain};
  describe(f);
}

/// What is not the shadow's to change.
inline constexpr std::array<std::string_view, 6> keys_not_of_a_shadow{
    "name", "app", "interval", "status", "scale", "shadow"};

/// Paths of the application protocol, below `app`.
inline constexpr std::string_view status_path = "/app/status";
inline constexpr std::string_view replicas_path = "/app/replicas";

/// Where the value of a metric with `format: prometheus` stands, unless it says so.
inline constexpr std::string_view prometheus_value = "/data/result/0/value/1";

}  // namespace scaleit::spec
