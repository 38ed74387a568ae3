// What the sample application answers, apart from sockets and clocks: a request
// and the time go in, an answer and the fault planned for it come out.
#pragma once

#include "messages/time.hpp"
#include "net/server.hpp"
#include "simulation/application.hpp"
#include "simulation/fault_plan.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace scaleit::main {

struct app_service_settings {
  simulation::application_settings world;
  double error_rate = 0;  ///< 0 to 1
  std::size_t count = 0;  ///< 0: one, at /app/...; else that many, at /apps/<i>/app/...
};

/// An answer and how it is to be spoilt. Errors are spoilt already; a reset, a
/// stall or half a body is the business of who sends it.
struct app_reply {
  net::server_response response;
  simulation::fault fault;
};

class app_service {
 public:
  /// Told of each change of a replica count, when it is first noticed, and of
  /// the load (requests per second) at that time.
  using observer = std::function<void(std::size_t app, const simulation::replica_change&,
                                      double load)>;

  app_service(const app_service_settings& settings, observer on_change);

  /// `now` is the time since the start and must not go back.
  app_reply handle(const net::server_request& request, microseconds now);

  /// How many applications there are.
  std::size_t size() const { return apps_.size(); }

 private:
  struct instance {
    simulation::application world;
    simulation::fault_plan faults;
  };

  struct place {
    std::size_t app = 0;
    std::string_view endpoint;  ///< of the application: "status" or "replicas"
  };

  std::optional<place> find(std::string_view path) const;
  net::server_response answer(place at, const net::server_request& request,
                              microseconds now);
  void advance(std::size_t app, microseconds now);

  bool many_;
  observer on_change_;
  std::vector<instance> apps_;
};

/// The status document: compact, the utilisation with one or two decimals.
std::string status_document(double utilisation, int replicas);

/// The count in `{"replicas":11}`, or one printable sentence on why there is none.
/// The number must be an integer literal from 1 to bounds::sample_replicas_max.
std::variant<int, std::string> parse_replicas(std::string_view body);

}  // namespace scaleit::main
