// The room `simulation`: a world to try the autoscaler on. Load shapes and traces, an
// application that follows them, and the faults it makes, all the same again for the
// same seed.
//
// It includes `messages` and `policy`; it reads no clock and opens no socket, which the
// sample application in `main` does for it. The way in is this header; then
// load_shape.hpp (how load runs over time) and fault_plan.hpp (which requests fail).
//
// The world of one application: replicas that take time to start, and a
// utilisation that follows from load, replicas and chance.
//
// Time comes from outside, as the time since the application began, so that the
// same world serves a real server and a test.
#pragma once

#include "messages/time.hpp"
#include "simulation/load_shape.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace scaleit::simulation {

struct application_settings {
  std::shared_ptr<const load_shape> load = std::make_shared<const load_shape>();
  int replicas = 10;    ///< at the start; at least 1
  double capacity = 1;  ///< requests per second at which one replica's metric is 1.0; > 0
  microseconds startup{0};  ///< from a change asked for to its effect
  microseconds phase{0};    ///< the load begins this far into its shape
  std::uint64_t seed = 1;
  /// The measured utilisation is the true one times 1 + drift + noise: a drift
  /// that wanders slowly within +-drift (a new goal each minute), and noise
  /// that is new each second, uniform within +-noise. The mean of the factor is 1,
  /// and with the defaults it is never off by more than 10 %.
  double drift = 0.05;
  double noise = 0.05;
};

/// A change of the replica count that took effect.
struct replica_change {
  microseconds at{0};
  int from = 0;
  int to = 0;
  bool operator==(const replica_change&) const = default;
};

/// Times given to one object must not go back.
class application {
 public:
  explicit application(application_settings s) : settings_(std::move(s)) {
    replicas_ = settings_.replicas;
  }

  /// The next change that is due by `now`, in order; call until there is none.
  std::optional<replica_change> advance(microseconds now);

  /// Asks for `n` (at least 1) replicas: they count once the start-up time has
  /// passed, each request by itself. Asking again for what was asked for last
  /// changes nothing, so a client that insists does not put its wish off.
  void set_replicas(int n, microseconds now);

  /// Those that serve, as of the last advance().
  int replicas() const { return replicas_; }

  /// Requests per second.
  double load(microseconds now) const {
    return settings_.load->at(now + settings_.phase);
  }

  /// The measured utilisation with the replicas of the last advance(): not
  /// negative, may exceed 1, not rounded.
  double utilisation(microseconds now) const;

 private:
  struct pending_change {
    microseconds at;
    int to;
  };

  double disturbance(microseconds now) const;

  application_settings settings_;
  int replicas_ = 0;
  std::vector<pending_change> pending_;
};

/// The settings of one of many applications that share a shape: a seed and a
/// phase of its own, except that number 0 keeps both.
application_settings one_of_many(application_settings s, std::uint64_t index);

}  // namespace scaleit::simulation
