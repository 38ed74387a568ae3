// The series of all families: made and moved on the control loop, read by the thread
// that serves /metrics.
//
// They outlive the actor that counts events, so that a crash of it sets no counter
// back. With many targets there are hundreds of thousands of them. So they are ordered
// by their labels: one is found and removed without a look at the others, and they can
// be read a slice at a time, between which they may come and go, without one that
// stays being left out or read twice.
#pragma once

#include "telemetry/family_table.hpp"

#include <prometheus/client_metric.h>
#include <prometheus/collectable.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/metric_family.h>

#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace scaleit::telemetry {

class families final : public prometheus::Collectable {
 public:
  /// The values of a family's labels, in the order of the table.
  using label_values = std::vector<std::string>;

  // -- one series, there from then on, and where it is until it is removed ---
  template <class... L>
  prometheus::Counter& counter(family_name<family_type::counter, sizeof...(L)> f,
                               const L&... labels) {
    return series<prometheus::Counter>(f.row, {std::string{labels}...});
  }
  template <class... L>
  prometheus::Gauge& gauge(family_name<family_type::gauge, sizeof...(L)> f,
                           const L&... labels) {
    return series<prometheus::Gauge>(f.row, {std::string{labels}...});
  }
  template <class... L>
  prometheus::Histogram& histogram(family_name<family_type::histogram, sizeof...(L)> f,
                                   const L&... labels) {
    return series<prometheus::Histogram>(f.row, {std::string{labels}...});
  }

  /// A counter that is sampled; it never goes backwards. Nobody may hold on to it.
  template <class... L>
  void set_total(family_name<family_type::counter, sizeof...(L)> f, double total,
                 const L&... labels) {
    set_total_at(f.row, {std::string{labels}...}, total);
  }

  template <class... L>
  void remove_counter(family_name<family_type::counter, sizeof...(L)> f,
                      const L&... labels) {
    remove(f.row, {std::string{labels}...});
  }
  template <class... L>
  void remove_gauge(family_name<family_type::gauge, sizeof...(L)> f, const L&... labels) {
    remove(f.row, {std::string{labels}...});
  }

  // -- reading, on any thread --------------------------------------------
  /// How far a reader has come.
  struct place {
    std::size_t row = 0;
    std::optional<label_values> after{};
  };
  struct slice {
    const family* of = nullptr;
    bool first = false;  ///< of its family
    std::vector<prometheus::ClientMetric> series;
  };
  /// At most `most` further series, of one family; none when all were read.
  std::optional<slice> next(place& p, std::size_t most) const;

  /// All at once, in the order of the table.
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  template <class T>
  using shelf = std::map<label_values, T, std::less<>>;
  struct row {
    mutable std::mutex mutex;
    std::variant<shelf<prometheus::Counter>, shelf<prometheus::Gauge>,
                 shelf<prometheus::Histogram>>
        series;
  };

  template <class T>
  T& series(std::size_t at, label_values labels);
  void set_total_at(std::size_t at, const label_values& labels, double total);
  void remove(std::size_t at, const label_values& labels);

  std::array<row, family_table.size()> rows_;
};

prometheus::MetricType type_of(family_type t);

}  // namespace scaleit::telemetry
