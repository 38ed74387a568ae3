// One poll: the request for the status and those for the metrics that have a URL of
// their own, all sent at once, until the last of them is answered. A status that was
// reported is there already.
//
// The poller decides when; this knows what is asked for, what is still out, and what the
// answers come to. The order of the answers makes no difference to that.
#pragma once

#include "actors/credentialed_request.hpp"
#include "actors/reader_cache.hpp"
#include "messages/observation.hpp"
#include "net/http.hpp"
#include "spec/status_json.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace scaleit::actors {

class poll_round {
 public:
  /// Called with each answer, never from within begin(). Part 0 is the status.
  using handler = std::function<void(std::size_t part, http_response&&)>;
  /// A good reading, or why there is none.
  using result = std::variant<observation, failure>;

  /// Throws std::invalid_argument when a request of the spec cannot be sent.
  poll_round(const target_spec& spec, reader_cache& readers, spec::secret_store& secrets,
             steady_time now);
  /// Cancels what is still out.
  ~poll_round();
  poll_round(poll_round&&) = delete;

  /// None is in flight, and the status is read.
  void begin(net::http_client& client, steady_time now, const handler& answered);
  /// The same with a status that was reported: only the other sources are asked.
  void begin(observation reported, net::http_client& client, steady_time now,
             const handler& answered);
  bool in_flight() const { return waiting_for_ > 0; }

  /// What a reported status says, which may not be all: see has_sources().
  result read(std::string& body) const { return reader_->read(body); }
  /// Are there metrics with a URL of their own?
  bool has_sources() const { return !sources_.empty(); }

  /// Takes an answer; the result of the poll when this one settles it: the status failed,
  /// or all are there. After a failure the round stays in flight until all have answered.
  std::optional<result> take(std::size_t part, http_response& answer);

 private:
  struct source {
    credentialed_request request;
    std::shared_ptr<const spec::metric_reader> reader;
    std::optional<net::http_client::ticket> out{};
    spec::metric_reading seen{};
  };

  void submit(credentialed_request& request, std::size_t part, steady_time now,
              const handler& answered, std::optional<net::http_client::ticket>& out);
  void ask_sources(steady_time now, const handler& answered);
  std::optional<failure> take_status(http_response& answer);
  observation complete();

  std::optional<credentialed_request> request_;  ///< nothing: the status is reported
  std::shared_ptr<const spec::status_reader> reader_;
  std::vector<source> sources_;  ///< in the order of the spec
  net::http_client* client_ = nullptr;
  std::optional<net::http_client::ticket> out_;  ///< the status request
  std::size_t waiting_for_ = 0;                  ///< answers
  std::optional<observation> status_;
  microseconds took_{0};  ///< of the slowest so far
};

}  // namespace scaleit::actors
