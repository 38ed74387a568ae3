#include "net/server_session.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/http/status.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace scaleit::net {

namespace {

namespace http = boost::beast::http;
using error_code = boost::system::error_code;

constexpr std::size_t read_bytes = 8 * 1024;

std::string_view phrase(int status) {
  const auto s = http::obsolete_reason(static_cast<http::status>(status));
  return {s.data(), s.size()};
}

bool printable(const std::string& s) {
  return std::none_of(s.begin(), s.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

/// A header that a handler built from foreign text must not split the answer.
bool sendable(const server_response& r) {
  return r.status >= 200 && r.status <= 999 && printable(r.content_type) &&
         std::all_of(r.headers.begin(), r.headers.end(), [](const header& h) {
           return !h.name.empty() && printable(h.name) && printable(h.value);
         });
}

}  // namespace

// -- life -----------------------------------------------------------------------

session::session(asio::ip::tcp::socket socket, std::shared_ptr<session_host> host)
    : socket_(std::move(socket)), host_(std::move(host)) {}

void session::start() {
  error_code ec;
  socket_->non_blocking(true, ec);
  socket_->set_option(asio::ip::tcp::no_delay(true), ec);
  read();
}

void session::close() noexcept {
  if (phase_ == phase::closed) return;
  const auto self = shared_from_this();
  phase_ = phase::closed;
  error_code ec;
  socket_->close(ec);
  // Destroyed now, as a responder may keep the session longer than the loop lives.
  socket_.reset();
  std::exchange(host_, nullptr)->forget(*this);
}

void session::reset() noexcept {
  if (phase_ == phase::closed) return;
  error_code ec;
  socket_->set_option(asio::socket_base::linger(true, 0), ec);
  close();
}

void session::on_sweep(clock::time_point now) {
  const auto& o = host_->options;
  auto limit = std::chrono::milliseconds::max();
  switch (phase_) {
    case phase::idle:
      limit = o.idle_timeout;
      break;
    case phase::reading:
      limit = o.read_timeout;
      break;
    case phase::writing:
      limit = o.write_timeout;
      break;
    case phase::draining:
      limit =
          std::min<std::chrono::milliseconds>(bounds::server_drain_time, o.read_timeout);
      break;
    case phase::handling:  // the handler's own affair
    case phase::closed:
      return;
  }
  if (now - since_ >= limit) close();
}

void session::enter(phase p) {
  phase_ = p;
  since_ = clock::now();
}

// -- reading ----------------------------------------------------------------------

void session::read() {
  socket_->async_read_some(buffer_.prepare(read_bytes),
                           [self = shared_from_this()](error_code ec, std::size_t n) {
                             self->on_read(ec, n);
                           });
}

void session::on_read(error_code ec, std::size_t n) {
  if (phase_ == phase::closed) return;
  if (ec) return close();
  if (phase_ == phase::draining) {
    drained_ += n;
    return drained_ > bounds::server_drain_bytes_max ? close() : read();
  }
  buffer_.commit(n);
  pump();
}

/// Serves what the buffer holds, request after request, until one has to wait.
void session::pump() {
  if (phase_ != phase::idle && phase_ != phase::reading) return;
  const auto self = shared_from_this();
  pumping_ = true;
  while (phase_ == phase::idle || phase_ == phase::reading) {
    const auto p = parse();
    if (p == request_parser::progress::done) {
      dispatch();
    } else if (p == request_parser::progress::failed) {
      reject(parser_->status(), parser_->reason());
    } else {
      if (parser_ && parser_->take_expect_continue()) send_continue();
      if (phase_ != phase::closed) read();
      break;
    }
  }
  pumping_ = false;
}

request_parser::progress session::parse() {
  auto data = static_cast<const char*>(buffer_.data().data());
  if (phase_ == phase::idle) {
    // Empty lines before a request are ignored (RFC 9112, 2.2).
    while (buffer_.size() > 0 && (*data == '\r' || *data == '\n')) {
      buffer_.consume(1);
      ++data;
    }
    if (buffer_.size() == 0) return request_parser::progress::more;
    parser_.emplace(host_->options.header_bytes_max, host_->options.body_bytes_max);
  }
  data = static_cast<const char*>(buffer_.data().data());
  std::size_t used = 0;
  const auto p = parser_->feed(data, buffer_.size(), used);
  buffer_.consume(used);
  if (p == request_parser::progress::more && phase_ == phase::idle) enter(phase::reading);
  return p;
}

void session::send_continue() {
  constexpr std::string_view text = "HTTP/1.1 100 Continue\r\n\r\n";
  error_code ec;
  // Nothing else is under way; a client whose window has no room for this is not served.
  if (socket_->write_some(asio::buffer(text), ec) != text.size()) close();
}

void session::dispatch() {
  phase_ = phase::handling;
  keep_alive_ = parser_->keep_alive();
  http_1_0_ = parser_->http_1_0();
  without_body_ = parser_->head();
  const auto host = host_;  // the handler may end the server
  try {
    host->on_request(parser_->take(), responder(shared_from_this()));
  } catch (...) {
    // Its responder answered 500 when the stack was unwound.
  }
}

void session::reject(int status, const std::string& reason) {
  phase_ = phase::handling;
  keep_alive_ = false;
  without_body_ = false;
  answer({.status = status,
          .content_type = "text/plain; charset=utf-8",
          .body = reason + "\n",
          .headers = {}},
         std::nullopt);
}

// -- answering --------------------------------------------------------------------

void session::answer(server_response r, std::optional<std::size_t> cut) {
  if (phase_ != phase::handling) return;
  if (!sendable(r)) r = {.status = 500, .content_type = {}, .body = {}, .headers = {}};
  if (cut) keep_alive_ = false;
  const auto size = r.body.size();
  const auto bodyless = without_body_ || r.status == 204 || r.status == 304;
  compose(r, size);
  body_bytes_ = bodyless ? 0 : std::min(size, cut.value_or(size));
  body_ = std::move(r.body);
  written_ = 0;
  flush();
}

void session::compose(const server_response& r, std::size_t body_bytes) {
  head_.clear();
  const auto out = std::back_inserter(head_);
  fmt::format_to(out, "HTTP/1.1 {} {}\r\n", r.status, phrase(r.status));
  head_ += host_->common_headers();
  if (!r.content_type.empty()) ((head_ += "Content-Type: ") += r.content_type) += "\r\n";
  if (r.status != 204 && r.status != 304)
    fmt::format_to(out, "Content-Length: {}\r\n", body_bytes);
  if (!keep_alive_)
    head_ += "Connection: close\r\n";
  else if (http_1_0_)
    head_ += "Connection: keep-alive\r\n";
  for (const auto& h : r.headers) (((head_ += h.name) += ": ") += h.value) += "\r\n";
  head_ += "\r\n";
}

std::array<asio::const_buffer, 2> session::unsent() const {
  const auto head = std::min(written_, head_.size());
  const auto body = written_ - head;
  return {asio::const_buffer(head_.data() + head, head_.size() - head),
          asio::const_buffer(body_.data() + body, body_bytes_ - body)};
}

/// Writes at once what the kernel takes, which is nearly always everything.
void session::flush() {
  error_code ec;
  const auto n = socket_->write_some(unsent(), ec);
  written_ += n;
  if (written_ == head_.size() + body_bytes_) return on_flushed();
  if (ec && ec != asio::error::would_block && ec != asio::error::interrupted)
    return close();
  if (n > 0 || phase_ != phase::writing) progressed_ = clock::now();
  if (phase_ != phase::writing) enter(phase::writing);
  socket_->async_wait(asio::socket_base::wait_write,
                      [self = shared_from_this()](error_code e) {
                        if (self->phase_ != phase::writing) return;
                        if (e) return self->close();
                        self->flush();
                      });
}

void session::on_flushed() {
  body_ = std::string();
  host_->on_answered();
  if (!keep_alive_) {
    // Closing on unread bytes would reset the connection and with it the answer.
    enter(phase::draining);
    error_code ec;
    socket_->shutdown(asio::socket_base::shutdown_send, ec);
    buffer_.clear();
    return read();
  }
  enter(phase::idle);
  if (pumping_) return;
  if (buffer_.size() == 0) return read();
  // Not from here: the caller is a handler, which must not find itself called again.
  asio::post(socket_->get_executor(), [self = shared_from_this()] { self->pump(); });
}

// -- responder ----------------------------------------------------------------------

responder::responder(std::shared_ptr<exchange> x) : exchange_(std::move(x)) {}
responder::responder(responder&&) noexcept = default;

responder& responder::operator=(responder&& other) noexcept {
  // `old` answers for what was held before.
  responder old(std::move(*this));
  exchange_ = std::move(other.exchange_);
  return *this;
}

responder::~responder() {
  const auto x = std::exchange(exchange_, nullptr);
  if (!x) return;
  try {
    x->answer({.status = 500, .content_type = {}, .body = {}, .headers = {}},
              std::nullopt);
  } catch (...) {
    x->reset();
  }
}

void responder::send(server_response r) {
  if (const auto x = std::exchange(exchange_, nullptr))
    x->answer(std::move(r), std::nullopt);
}

void responder::send_cut(server_response r, std::size_t bytes) {
  if (const auto x = std::exchange(exchange_, nullptr)) x->answer(std::move(r), bytes);
}

void responder::reset() {
  if (const auto x = std::exchange(exchange_, nullptr)) x->reset();
}

}  // namespace scaleit::net
