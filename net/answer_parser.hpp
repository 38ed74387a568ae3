// Beast's parser with a sink that keeps only what the client hands on: status,
// body, and the Location of a redirect. A header field costs no allocation.
#pragma once

#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>
#include <string>

namespace scaleit::net {

class answer_parser : public boost::beast::http::basic_parser<false> {
 public:
  answer_parser(std::size_t header_bytes_max, std::size_t body_bytes_max) {
    header_limit(static_cast<std::uint32_t>(header_bytes_max));
    body_limit(body_bytes_max);
    eager(true);
  }

  int status = 0;
  std::string location;
  std::string body;

 private:
  using error_code = boost::beast::error_code;
  using string_view = boost::beast::string_view;
  using verb = boost::beast::http::verb;
  using field = boost::beast::http::field;

  /// Of what the peer announces, only this much is reserved before it is sent.
  static constexpr std::uint64_t reserve_bytes_max = 64 * 1024;

  void on_request_impl(verb, string_view, string_view, int, error_code&) override {}
  void on_response_impl(int code, string_view, int, error_code&) override {
    status = code;
  }
  void on_field_impl(field f, string_view, string_view value, error_code&) override {
    if (f == field::location && !is_header_done())
      location.assign(value.data(), value.size());
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& length,
                         error_code&) override {
    if (length)
      body.reserve(static_cast<std::size_t>(std::min(*length, reserve_bytes_max)));
  }
  std::size_t on_body_impl(string_view s, error_code&) override { return take(s); }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view s, error_code&) override {
    return take(s);
  }
  void on_finish_impl(error_code&) override {}

  std::size_t take(string_view s) {
    body.append(s.data(), s.size());
    return s.size();
  }
};

}  // namespace scaleit::net
