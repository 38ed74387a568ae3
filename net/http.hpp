// Requests and responses as the rest of the program sees them: plain values,
// no Beast and no Asio, so that including them costs nothing.
#pragma once

#include "messages/http_response.hpp"
#include "messages/target_spec.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace scaleit::net {

enum class verb : std::uint8_t { get, put, post, patch };

struct http_request {
  verb method = verb::get;
  std::string url;  ///< absolute, http or https
  std::vector<header> headers;
  std::string content_type;  ///< of the body, if any
  std::string body;
  std::chrono::milliseconds timeout{
      2000};  ///< from submit to the last byte of the answer
};

/// A request checked and serialized once, to be sent many times.
class prepared_request;
using prepared_ptr = std::shared_ptr<const prepared_request>;

/// Throws std::invalid_argument, with a sentence for the user, when the URL or a
/// header cannot be sent (control characters, no host, another scheme).
prepared_ptr prepare(const http_request& r);

using scaleit::http_response;

/// The client's face, and the seam of the tests: actors know only this.
class http_client {
 public:
  using handler = std::function<void(http_response&&)>;
  using ticket = std::uint64_t;

  virtual ~http_client() = default;

  /// Sends `r`; `done` is called exactly once, on the loop's thread, never from
  /// within submit() itself, at the latest when the request's timeout has passed.
  virtual ticket submit(prepared_ptr r, handler done) = 0;

  /// Gives up a request: its handler is destroyed without being called and its
  /// connection, if it had one, is closed. Unknown tickets are ignored.
  virtual void cancel(ticket t) noexcept = 0;
};

}  // namespace scaleit::net
