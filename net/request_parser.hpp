// Turns bytes into a server_request, on Beast's basic_parser.
//
// Beast's own request_parser keeps every field in a container, one allocation
// each; a server that looks at four of them is better off taking those as they
// pass. Only server_session.cpp includes this.
#pragma once

#include "net/server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace scaleit::net {

class request_parser : public boost::beast::http::basic_parser<true> {
 public:
  request_parser(std::size_t header_bytes_max, std::size_t body_bytes_max);

  enum class progress : std::uint8_t { more, done, failed };

  /// Feeds `n` bytes; `used` says how many of them may be forgotten.
  progress feed(const char* data, std::size_t n, std::size_t& used);

  /// After `failed`: the status to answer and a sentence that says why.
  int status() const { return status_; }
  const std::string& reason() const { return reason_; }

  /// After `done`.
  server_request take() { return std::move(request_); }
  bool head() const { return head_; }
  bool http_1_0() const { return version_ == 10; }

  /// True once, when the client waits for leave to send its body (RFC 9110, 10.1.1).
  bool take_expect_continue();

 private:
  using error_code = boost::beast::error_code;
  using string_view = boost::beast::string_view;
  using field = boost::beast::http::field;

  progress fail(int status, std::string reason);
  progress fail(error_code ec);
  void set_target(string_view target);

  void on_request_impl(boost::beast::http::verb, string_view method, string_view target,
                       int version, error_code&) override;
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(field name, string_view, string_view value, error_code&) override;
  void on_header_impl(error_code&) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view body, error_code&) override;
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override;
  void on_finish_impl(error_code&) override {}

  std::size_t header_bytes_max_;
  std::size_t header_bytes_ = 0;
  server_request request_;
  int version_ = 11;
  int hosts_ = 0;
  int status_ = 0;
  bool head_ = false;
  bool header_seen_ = false;  // fields after it are trailers, and ignored
  bool coded_ = false;        // a Transfer-Encoding that is not plain "chunked"
  bool expects_ = false;
  std::string reason_;
};

}  // namespace scaleit::net
