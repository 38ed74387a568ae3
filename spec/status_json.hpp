// Reads what a poll brings back as the spec's JSON Pointers say: the application's
// status, and the metrics that have a URL of their own.
#pragma once

#include "messages/http_response.hpp"
#include "messages/observation.hpp"
#include "messages/target_spec.hpp"
#include "spec/json_slots.hpp"
#include "spec/prometheus_answer.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace scaleit::spec {

class status_reader {
 public:
  /// Compiles the pointers of `spec` (throws std::invalid_argument on a bad one).
  explicit status_reader(const target_spec& spec);
  ~status_reader();
  status_reader(status_reader&&) noexcept;
  status_reader& operator=(status_reader&&) noexcept;

  /// The reading, but for metrics with a URL of their own; or a failure of kind json or
  /// schema. A metric that is absent
  /// or no finite number is `missing`; an absent or impossible replica count is
  /// a failure. Consumes `body`: strings are decoded in place. `sent`: see refusal().
  std::variant<observation, failure> read(std::string& body,
                                          std::span<const header> sent = {}) const;

 private:
  struct pointers;
  std::unique_ptr<const pointers> pointers_;
};

/// What one URL told of the metrics that are read from it.
struct metric_reading {
  std::vector<metric_sample> found;
  std::vector<missing_metric> missing;
  bool operator==(const metric_reading&) const = default;
};

/// Reads the metrics that share one URL.
class metric_reader {
 public:
  /// Compiles their pointers (throws std::invalid_argument on a bad one).
  explicit metric_reader(std::span<const metric_spec* const> metrics);

  /// Every metric is found, or missing with a reason: the request failed, or was answered
  /// with something else than a 2xx, or not with JSON, or there is no finite number at
  /// its pointer, or an answer of Prometheus holds other than one series. Consumes the
  /// body. `sent`: see refusal().
  metric_reading read(http_response& answer, std::span<const header> sent = {}) const;

 private:
  metric_reading none(const failure& f) const;

  struct metric {
    std::string name, pointer;
    bool prometheus = false;
  };

  json_slots slots_;  ///< of each metric, then of the answer as a whole
  prometheus_answer prometheus_;
  std::vector<metric> metrics_;
};

}  // namespace scaleit::spec
