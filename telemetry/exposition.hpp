// Metrics as text, in the two formats that Prometheus asks for.
//
// Our own writer instead of prometheus-cpp's: one pass into one string, and a
// label value that is not UTF-8 (it may come from outside) does not spoil the
// whole scrape.
#pragma once

#include "telemetry/families.hpp"

#include <prometheus/metric_family.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::telemetry {

enum class exposition_format : std::uint8_t {
  text,         ///< Prometheus text format 0.0.4
  openmetrics,  ///< OpenMetrics 1.0.0
};

/// The format an Accept header prefers (RFC 9110, 12.5.1): OpenMetrics only where it
/// is preferred to plain text, so that people and unknown clients get the latter.
exposition_format negotiate_exposition(std::string_view accept);

/// The value for Content-Type.
std::string_view content_type(exposition_format f);

/// Families without samples are left out. Bytes that are not UTF-8 become U+FFFD.
/// `le` and `quantile` are written alike in both formats ("1.0"), so that the
/// identity of a series does not hang on the format.
std::string expose(const std::vector<prometheus::MetricFamily>& families,
                   exposition_format f);

/// The same of all families that there are, piece by piece.
class exposer {
 public:
  exposer(const families& all, exposition_format f) : all_(all), format_(f) {}

  /// About `bytes` more, or what is left; with done(), the end of the text.
  void append(std::string& out, std::size_t bytes);
  bool done() const { return done_; }

 private:
  const families& all_;
  exposition_format format_;
  families::place at_;
  bool done_ = false;
};

}  // namespace scaleit::telemetry
