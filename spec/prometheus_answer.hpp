// What the answer to an instant query of the Prometheus HTTP API says beside its value:
// whether it failed, how many series it holds, and whether some data is lacking.
//
// Sources: the Prometheus HTTP API, "Instant queries"; Thanos, "Partial response"
// (`warnings`); VictoriaMetrics, cluster version (`isPartial`).
#pragma once

#include "spec/json_slots.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace scaleit::spec {

class prometheus_answer {
 public:
  /// One answer, as it was read.
  class reading {
   public:
    explicit reading(std::span<const json_value> found) : found_(found) {}

    /// Why there is no single value in it, or nothing.
    std::optional<std::string> complaint() const;
    /// The reason that an error gives, or nothing.
    std::optional<std::string> error() const;
    bool partial() const;
    /// The value of a `scalar`, which is no series, or null.
    const json_value* scalar() const;

   private:
    std::span<const json_value> found_;
  };

  /// Adds what it needs behind the slots that are there.
  void add_to(json_slots& slots);
  /// What it needs, out of all slots.
  reading of(std::span<const json_value> slots) const;

 private:
  std::size_t first_ = 0;
};

}  // namespace scaleit::spec
