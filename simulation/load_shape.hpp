// How much load comes when: requests per second as a pure function of time.
//
// The defaults are made for the drop-in daemon (target 0.80, tolerance 0.10, a
// poll every 5 s) and an application of 10 replicas that begins with too few of
// them, so that every shape shows a scaling with the first polls. The default
// `sine` is slow on purpose: a policy that acts outside its tolerance only must
// leave it once for each 12 % that the load changes, so what swings further or
// faster cannot be held within it for nine polls of ten.
#pragma once

#include "messages/time.hpp"
#include "simulation/trace.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace scaleit::simulation {

/// `flat:rate=12`
struct flat_load {
  double rate = 12;
};

/// `sine:mean=14,amplitude=3.5,period=10m`: begins at the mean, rising.
/// Without it the amplitude is a quarter of the mean.
struct sine_load {
  double mean = 14;
  double amplitude = 3.5;  ///< at most the mean
  microseconds period{600'000'000};
};

/// `steps:low=10,high=20,count=4,every=1m`: climbs from low to high in `count`
/// equal steps, each held for `every`, then down the same way. Without it high
/// is twice low.
struct steps_load {
  double low = 10;
  double high = 20;
  int count = 4;  ///< 1 to 1000
  microseconds every{60'000'000};
};

/// `spikes:base=10,peak=25,every=2m,width=20s`: the base, and the peak for the
/// last `width` of each `every`. Without it the peak is 2.5 times the base.
struct spikes_load {
  double base = 10;
  double peak = 25;
  microseconds every{120'000'000};
  microseconds width{20'000'000};  ///< at most `every`
};

/// `trace:FILE`, or `trace:FILE,speed=60,scale=0.5`: time runs `speed` times as
/// fast, values are multiplied by `scale`.
struct trace_load {
  std::shared_ptr<const trace> rows;
  double speed = 1;  ///< 0.001 to 1e6
  double scale = 1;  ///< 0 to 1e6
};

class load_shape {
 public:
  using kinds = std::variant<flat_load, sine_load, steps_load, spikes_load, trace_load>;

  load_shape() : load_shape(sine_load{}) {}
  /// Takes the parameters as they are: parse_load_shape() checks them.
  explicit load_shape(kinds k) : kind_(std::move(k)) {}

  /// Requests per second, finite and not negative; negative times count as 0.
  double at(microseconds elapsed) const;
  /// After which it repeats; 0 for what never changes.
  microseconds period() const;

 private:
  kinds kind_;
};

/// Where a trace comes from: this room opens no files. May throw
/// std::invalid_argument, as read_trace() does.
using trace_opener = std::function<trace(const std::string& file)>;

/// Reads `KIND` or `KIND:key=value,...`, KIND being flat, sine, steps or spikes,
/// or `trace:FILE`. Rates are 0 to bounds::load_max; times are durations from
/// bounds::load_period_min to bounds::load_period_max. Throws
/// std::invalid_argument with one printable sentence that names the thing, its
/// value and what is accepted.
load_shape parse_load_shape(std::string_view text, const trace_opener& open);

}  // namespace scaleit::simulation
