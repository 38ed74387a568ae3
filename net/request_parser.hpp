// Turns bytes into a server_request, on Beast's parser, with bounds that hold
// however the bytes are cut.
#pragma once

#include "net/server.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace scaleit::net {

class request_parser {
 public:
  request_parser(std::size_t header_bytes_max, std::size_t body_bytes_max);
  request_parser(request_parser&&) noexcept;
  request_parser& operator=(request_parser&&) noexcept;
  ~request_parser();

  enum class progress : std::uint8_t { more, done, failed };

  /// Feeds `n` bytes; `used` says how many of them may be forgotten.
  progress feed(const char* data, std::size_t n, std::size_t& used);

  /// After `failed`: the status to answer and a sentence that says why.
  int status() const;
  const std::string& reason() const;

  /// After `done`.
  server_request take();
  bool http_1_0() const;
  bool keep_alive() const;

  /// The bytes of the body that have come so far.
  std::size_t body_bytes() const;

  /// True once, when the client waits for leave to send its body (RFC 9110, 10.1.1).
  bool take_expect_continue();

 private:
  class impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace scaleit::net
