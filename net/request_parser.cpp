#include "net/request_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace scaleit::net {

namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::iequals;

using beast_view = boost::beast::string_view;

std::string_view view(beast_view s) { return {s.data(), s.size()}; }

/// Splits path and query; a proxy's absolute form (RFC 9112, 3.2.2) loses its origin.
void set_target(server_request& r, std::string_view target) {
  if (!target.empty() && target.front() != '/') {
    const auto scheme = target.find("://");
    if (scheme != std::string_view::npos) {
      const auto path = target.find_first_of("/?", scheme + 3);
      target = path == std::string_view::npos ? "/" : target.substr(path);
    }
  }
  const auto mark = target.find('?');
  r.path = target.substr(0, mark);
  if (r.path.empty()) r.path = "/";
  if (mark != std::string_view::npos) r.query = target.substr(mark + 1);
}

/// Lines of one name are one list (RFC 9110, 5.3).
void add_header(std::vector<header>& all, std::string_view name, std::string_view value) {
  const auto same = std::find_if(all.begin(), all.end(), [&](const header& h) {
    return iequals(h.name, beast_view{name.data(), name.size()});
  });
  if (same == all.end())
    all.push_back({std::string(name), std::string(value)});
  else
    (same->value += ", ") += value;
}

}  // namespace

class request_parser::impl {
 public:
  impl(std::size_t header_bytes_max, std::size_t body_bytes_max)
      : header_bytes_max_(header_bytes_max) {
    parser_.header_limit(static_cast<std::uint32_t>(header_bytes_max));
    parser_.body_limit(body_bytes_max);
  }

  progress feed(const char* data, std::size_t n, std::size_t& used);
  progress fail(int status, std::string reason);
  progress fail(error_code ec);
  bool take_header();

  http::request_parser<http::string_body> parser_;
  std::size_t header_bytes_max_;
  std::size_t header_bytes_ = 0;
  server_request request_;
  bool expects_ = false;
  int status_ = 0;
  std::string reason_;
};

request_parser::progress request_parser::impl::feed(const char* data, std::size_t n,
                                                    std::size_t& used) {
  used = 0;
  while (used < n && !parser_.is_done()) {
    // One put() ends with the header at the latest, as eager() is off.
    const auto in_header = !parser_.is_header_done();
    error_code ec;
    const auto taken = parser_.put(boost::asio::const_buffer(data + used, n - used), ec);
    used += taken;
    if (in_header) {
      // Beast measures only what it has not yet taken: fields that come one by
      // one would never add up.
      header_bytes_ += taken;
      const auto waiting = ec == http::error::need_more ? n - used : 0;
      if (header_bytes_ + waiting > header_bytes_max_)
        return fail(http::error::header_limit);
    } else if (ec == http::error::need_more && n - used > header_bytes_max_) {
      return fail(400, "a chunk's header or the trailer is too large");
    }
    if (ec == http::error::need_more) return progress::more;
    if (ec) return fail(ec);
    // At once, as Beast would put the fields of a trailer beside those of the header.
    if (in_header && parser_.is_header_done() && !take_header()) return progress::failed;
  }
  return parser_.is_done() ? progress::done : progress::more;
}

/// What a request must and must not have for the server to know where it ends.
bool request_parser::impl::take_header() {
  const auto& message = parser_.get();
  std::size_t lines = 0, hosts = 0;
  bool coded = false;
  for (const auto& field : message) {
    if (++lines > bounds::request_headers_max)
      return fail(431, fmt::format("the request has more than {} header fields",
                                   bounds::request_headers_max)),
             false;
    hosts += field.name() == http::field::host;
    coded = coded || (field.name() == http::field::transfer_encoding &&
                      !iequals(field.value(), "chunked"));
    add_header(request_.headers, view(field.name_string()), view(field.value()));
  }
  // RFC 9112, 3.2: exactly one Host, which only HTTP/1.0 may leave out.
  if (hosts > 1 || (hosts == 0 && message.version() >= 11))
    return fail(400, "the request must have one Host field"), false;
  // Unread, the coded body would pass for the next request.
  if (coded) return fail(501, "the transfer coding is not supported"), false;
  request_.method = view(message.method_string());
  set_target(request_, view(message.target()));
  expects_ =
      message.version() >= 11 && iequals(message[http::field::expect], "100-continue");
  return true;
}

request_parser::progress request_parser::impl::fail(int status, std::string reason) {
  status_ = status;
  reason_ = std::move(reason);
  return progress::failed;
}

request_parser::progress request_parser::impl::fail(error_code ec) {
  if (ec == http::error::header_limit)
    return fail(431, fmt::format("the request's header is larger than {} bytes",
                                 header_bytes_max_));
  if (ec == http::error::body_limit || ec == http::error::buffer_overflow)
    return fail(413, "the request's body is too large");
  if (ec == http::error::bad_version)
    return fail(400, "this is not HTTP/1.0 or HTTP/1.1");
  return fail(400, "the request is malformed: " + ec.message());
}

// -- request_parser -------------------------------------------------------

request_parser::request_parser(std::size_t header_bytes_max, std::size_t body_bytes_max)
    : impl_(std::make_unique<impl>(header_bytes_max, body_bytes_max)) {}
request_parser::request_parser(request_parser&&) noexcept = default;
request_parser& request_parser::operator=(request_parser&&) noexcept = default;
request_parser::~request_parser() = default;

request_parser::progress request_parser::feed(const char* data, std::size_t n,
                                              std::size_t& used) {
  return impl_->feed(data, n, used);
}

int request_parser::status() const { return impl_->status_; }
const std::string& request_parser::reason() const { return impl_->reason_; }
bool request_parser::http_1_0() const { return impl_->parser_.get().version() == 10; }
bool request_parser::keep_alive() const { return impl_->parser_.keep_alive(); }

std::size_t request_parser::body_bytes() const {
  return impl_->parser_.get().body().size();
}

server_request request_parser::take() {
  impl_->request_.body = std::move(impl_->parser_.get().body());
  return std::move(impl_->request_);
}

bool request_parser::take_expect_continue() {
  return std::exchange(impl_->expects_, false);
}

}  // namespace scaleit::net
