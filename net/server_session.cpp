#include "net/server_session.hpp"

#include "net/problem.hpp"

#include <algorithm>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <utility>

namespace scaleit::net {

namespace {

using error_code = boost::system::error_code;

constexpr std::size_t read_bytes = 8 * 1024;

std::chrono::milliseconds time_for(std::size_t bytes) {
  return std::chrono::milliseconds(bytes * 1000 / bounds::transfer_bytes_per_second_min);
}

}  // namespace

// -- life -----------------------------------------------------------------

session::session(asio::ip::tcp::socket socket, std::shared_ptr<session_host> host)
    : socket_(std::move(socket)), host_(std::move(host)) {}

void session::start() {
  error_code ec;
  socket_->non_blocking(true, ec);
  socket_->set_option(asio::ip::tcp::no_delay(true), ec);
  read();
}

void session::close(stream_end why) noexcept {
  if (phase_ == phase::closed) return;
  const auto self = shared_from_this();
  phase_ = phase::closed;
  error_code ec;
  socket_->close(ec);
  // Destroyed now, as a responder may keep the session longer than the loop lives.
  socket_.reset();
  const auto host = std::exchange(host_, nullptr);
  const auto stream = std::exchange(stream_, nullptr);
  if (stream) host->return_stream();
  host->forget(*this);
  if (stream) stream->close(why);  // last, as it may do anything
}

void session::stop() noexcept {
  if (phase_ == phase::streaming) say_farewell();
  close(stream_end::stopped);
}

void session::reset() noexcept {
  if (phase_ == phase::closed) return;
  error_code ec;
  socket_->set_option(asio::socket_base::linger(true, 0), ec);
  close(stream_end::cut);
}

void session::on_sweep(clock::time_point now) {
  note_progress(now);
  if (too_long(now)) close(stream_end::stalled);
}

/// The kernel lets us write again only when a good part of its buffer is free, which
/// with a slow client takes many seconds. What the client takes shows earlier.
void session::note_progress(clock::time_point now) {
  if (!blocked_) return;
  int queued = 0;
  if (::ioctl(socket_->native_handle(), SIOCOUTQ, &queued) != 0) return;
  if (queued != std::exchange(queued_, queued)) progressed_ = now;
}

bool session::too_long(clock::time_point now) const {
  const auto& o = host_->options;
  const auto here = now - since_;
  switch (phase_) {
    case phase::idle:
      return here >= o.idle_timeout;
    case phase::reading:
      return here >= o.read_timeout + time_for(parser_->body_bytes());
    case phase::writing:
      return now - progressed_ >= o.write_timeout ||
             here >= o.write_timeout + time_for(written_);
    case phase::streaming:  // one that has nothing to say may be silent for ever
      return blocked_ && now - progressed_ >= o.stall_timeout;
    case phase::draining:
      return here >= std::min<std::chrono::milliseconds>(bounds::server_drain_time,
                                                         o.read_timeout);
    case phase::handling:  // the handler's own affair
    case phase::closed:
      break;
  }
  return false;
}

void session::enter(phase p) {
  phase_ = p;
  since_ = clock::now();
}

// -- reading --------------------------------------------------------------

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

/// Serves the next request of what the buffer holds, and only that: one who sends many
/// at once takes his turn with everyone else on the loop between each two.
void session::pump() {
  if (phase_ != phase::idle && phase_ != phase::reading) return;
  const auto p = parse();
  if (p == request_parser::progress::done) return dispatch();
  if (p == request_parser::progress::failed)
    return reject(parser_->status(), parser_->reason());
  if (parser_ && parser_->take_expect_continue()) send_continue();
  if (phase_ != phase::closed) read();
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
  auto request = parser_->take();
  without_body_ = request.method == "HEAD";
  const auto host = host_;  // the handler may end the server
  try {
    host->on_request(std::move(request), responder(shared_from_this()));
  } catch (...) {
    // Its responder answered 500 when the stack was unwound.
  }
}

void session::reject(int status, std::string_view reason) {
  phase_ = phase::handling;
  keep_alive_ = false;
  without_body_ = false;
  answer(problem(status, reason), std::nullopt);
}

}  // namespace scaleit::net
