// What a poll brought back: a reading of the application, or a failure.
#pragma once

#include "messages/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit {

/// Why a request failed; the `error` of `scaleit.status.failed` and
/// `scaleit.scale.failed`.
enum class failure_kind : std::uint8_t {
  connect,  ///< name not found, refused, or the connection died before an answer
  timeout,  ///< the deadline passed
  tls,      ///< handshake or certificate
  http,     ///< not HTTP, or a status other than 2xx
  body,     ///< too large or cut short
  json,     ///< not JSON (RFC 8259), or nested too deep
  schema,   ///< JSON without what the spec points at
  stale,    ///< nothing was reported for too long
};
inline constexpr std::size_t failure_kinds = 8;
std::string_view to_string(failure_kind k);

struct failure {
  failure_kind kind = failure_kind::connect;
  std::string detail{};  ///< one sentence, printable, at most bounds::detail_bytes_max
  int http_status = 0;   ///< 0 when there was no answer
  microseconds took{0};
  bool operator==(const failure&) const = default;
};

struct metric_sample {
  std::string name;
  double value = 0;      ///< finite
  bool partial = false;  ///< of a part of the data only: too low, if anything
  bool operator==(const metric_sample&) const = default;
};

struct missing_metric {
  std::string name;
  std::string why;  ///< "/cpu/highPriority is absent"
  /// Why its own request failed; nothing when it was answered, without the metric.
  std::optional<failure_kind> failed{};
  bool operator==(const missing_metric&) const = default;
};

struct observation {
  int replicas = 0;  ///< 0 .. bounds::replicas_max
  std::optional<int> ready{};
  std::vector<metric_sample> metrics{};
  std::vector<missing_metric> missing{};
  std::optional<time_point> observed_at{};  ///< the sample's own time
  microseconds took{0};
  bool operator==(const observation&) const = default;

  const metric_sample* find(std::string_view metric) const {
    for (const auto& m : metrics)
      if (m.name == metric) return &m;
    return nullptr;
  }
};

}  // namespace scaleit
