#include "net/request_parser.hpp"

#include <boost/beast/core/string.hpp>

namespace scaleit::net {

namespace http = boost::beast::http;
using boost::beast::iequals;

request_parser::request_parser(std::size_t header_bytes_max, std::size_t body_bytes_max)
    : header_bytes_max_(header_bytes_max) {
  header_limit(static_cast<std::uint32_t>(header_bytes_max));
  body_limit(body_bytes_max);
}

request_parser::progress request_parser::feed(const char* data, std::size_t n,
                                              std::size_t& used) {
  used = 0;
  while (used < n && !is_done()) {
    // One put() ends with the header at the latest, as eager() is off.
    const auto in_header = !is_header_done();
    error_code ec;
    const auto taken = put(boost::asio::const_buffer(data + used, n - used), ec);
    used += taken;
    if (in_header) {
      // Beast measures only what it has not yet taken: fields that come one by
      // one would never add up.
      header_bytes_ += taken;
      const auto waiting = ec == http::error::need_more ? n - used : 0;
      if (header_bytes_ + waiting > header_bytes_max_)
        return fail(http::error::header_limit);
    } else if (ec == http::error::need_more && n - used > header_bytes_max_) {
      return fail(400, "A chunk's header or the trailer is too large.");
    }
    if (ec == http::error::need_more) return progress::more;
    if (status_ != 0) return progress::failed;
    if (ec) return fail(ec);
  }
  return is_done() ? progress::done : progress::more;
}

bool request_parser::take_expect_continue() {
  return std::exchange(expects_, false) && is_header_done() && version_ >= 11;
}

request_parser::progress request_parser::fail(int status, std::string reason) {
  status_ = status;
  reason_ = std::move(reason);
  return progress::failed;
}

request_parser::progress request_parser::fail(error_code ec) {
  if (ec == http::error::header_limit)
    return fail(431, "The request's header is too large.");
  if (ec == http::error::body_limit) return fail(413, "The request's body is too large.");
  if (ec == http::error::bad_version)
    return fail(400, "This is not HTTP/1.0 or HTTP/1.1.");
  return fail(400, "The request is malformed: " + ec.message() + ".");
}

/// Splits path and query; a proxy's absolute form (RFC 9112, 3.2.2) loses its origin.
void request_parser::set_target(string_view target) {
  if (!target.empty() && target.front() != '/') {
    const auto scheme = target.find("://");
    if (scheme != string_view::npos) {
      const auto path = target.find_first_of("/?", scheme + 3);
      target = path == string_view::npos ? string_view("/") : target.substr(path);
    }
  }
  const auto mark = target.find('?');
  request_.path.assign(target.data(), std::min(mark, target.size()));
  if (request_.path.empty()) request_.path = "/";
  if (mark != string_view::npos) {
    const auto query = target.substr(mark + 1);
    request_.query.assign(query.data(), query.size());
  }
}

void request_parser::on_request_impl(http::verb verb, string_view method,
                                     string_view target, int version, error_code&) {
  version_ = version;
  head_ = verb == http::verb::head;
  if (head_)
    request_.method = "GET";
  else
    request_.method.assign(method.data(), method.size());
  set_target(target);
}

void request_parser::on_field_impl(field name, string_view, string_view value,
                                   error_code&) {
  if (header_seen_) return;
  switch (name) {
    case field::accept:  // a list may come in several lines (RFC 9110, 5.3)
      if (!request_.accept.empty()) request_.accept += ", ";
      request_.accept.append(value.data(), value.size());
      break;
    case field::content_type:
      request_.content_type.assign(value.data(), value.size());
      break;
    case field::expect:
      expects_ = iequals(value, "100-continue");
      break;
    case field::host:
      ++hosts_;
      break;
    case field::transfer_encoding:
      coded_ = coded_ || !iequals(value, "chunked");
      break;
    default:
      break;
  }
}

void request_parser::on_header_impl(error_code& ec) {
  header_seen_ = true;
  // RFC 9112, 3.2: exactly one Host, which only HTTP/1.0 may leave out.
  if (hosts_ > 1 || (hosts_ == 0 && version_ >= 11))
    fail(400, "The request must have one Host field.");
  // Unread, the coded body would pass for the next request.
  else if (coded_)
    fail(501, "The transfer coding is not supported.");
  if (status_ != 0) ec = http::error::bad_value;
}

std::size_t request_parser::on_body_impl(string_view body, error_code&) {
  request_.body.append(body.data(), body.size());
  return body.size();
}

std::size_t request_parser::on_chunk_body_impl(std::uint64_t, string_view body,
                                               error_code&) {
  request_.body.append(body.data(), body.size());
  return body.size();
}

}  // namespace scaleit::net
