// What a user asks for: one application, how its state is read, which metrics
// are held at which value, and how its replica count is written.
//
// The schema is public (CONTRACT: TargetSpec); names here follow it in
// snake_case. A spec is validated once, when it enters, and is immutable after:
// actors share it as `std::shared_ptr<const target_spec>`.
#pragma once

#include "messages/policy_spec.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace scaleit {

/// A request header, as configured: references (`${VAR}`, `${file:/path}`) stay what
/// they are until it is sent.
struct header {
  std::string name;
  std::string value;
  bool operator==(const header&) const = default;
};

/// Where and how the state is read (GET).
struct status_spec {
  std::string url;
  std::chrono::milliseconds timeout{2000};
  std::vector<header> headers;
  std::string replicas = "/replicas";  ///< JSON Pointer (RFC 6901)
  std::string ready;                   ///< JSON Pointer, or empty
  std::string observed_at;             ///< JSON Pointer, or empty
  bool keep_alive = true;              ///< or a connection for each request
  bool push = false;                   ///< reported by the application, not read
  bool operator==(const status_spec&) const = default;
};

enum class metric_type {
  value,          ///< per-replica level: desired = ceil(current x value / target)
  average_value,  ///< a total: desired = ceil(value / target)
};

/// What the answer of a metric's own URL is.
enum class metric_format : std::uint8_t {
  json,
  prometheus,  ///< that of an instant query: one series, and maybe partial data
};

struct metric_spec {
  std::string name;
  std::string value;  ///< JSON Pointer into the status body, or into that of `url`
  metric_type type = metric_type::value;
  double target = 0;  ///< > 0
  std::string url{};  ///< where it is read (GET), if not from the status
  std::chrono::milliseconds timeout{2000};  ///< of `url`
  std::vector<header> headers{};            ///< of `url`
  bool keep_alive = true;                   ///< of `url`
  metric_format format = metric_format::json;
  bool operator==(const metric_spec&) const = default;
};

/// Metrics with the same URL, headers, timeout and keepAlive are read with one request.
inline bool same_source(const metric_spec& a, const metric_spec& b) {
  return a.url == b.url && a.headers == b.headers && a.timeout == b.timeout &&
         a.keep_alive == b.keep_alive;
}

enum class scale_method : std::uint8_t { put, post, patch };

/// Where and how replicas are written.
struct scale_spec {
  std::string url;
  scale_method method = scale_method::put;
  std::string content_type = "application/json";
  std::string body = R"({"replicas":${replicas}})";  ///< `${replicas}` is replaced
  std::chrono::milliseconds timeout{2000};
  std::vector<header> headers;
  bool keep_alive = false;  ///< rare, and may meet a connection just as it ends
  bool operator==(const scale_spec&) const = default;
};

/// The policy's keys stand beside the others, as in the file. The defaults are those of a
/// config file.
struct target_spec : policy_spec {
  std::string name;  ///< DNS-1123 subdomain, unique
  std::chrono::milliseconds interval{5000};
  status_spec status;
  std::vector<metric_spec> metrics;  ///< 1 .. bounds::metrics_max, in any order
  scale_spec scale;
  /// None or one: a second policy for the same observations, never acted on. Complete:
  /// this spec with what `shadow` changes; active, and without a shadow of its own.
  std::vector<target_spec> shadow;
  bool operator==(const target_spec&) const = default;
};

using target_ptr = std::shared_ptr<const target_spec>;

}  // namespace scaleit
