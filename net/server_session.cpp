#include "net/server_session.hpp"

#include "net/problem.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
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

session::session(server_socket socket, std::string remote,
                 std::shared_ptr<session_host> host)
    : socket_(std::move(socket)), remote_(std::move(remote)), host_(std::move(host)) {}

void session::start() {
  if (!socket_->tls()) return read();
  enter(phase::handshaking);
  await_handshake();
}

void session::close(stream_end why) noexcept {
  if (phase_ == phase::closed) return;
  const auto self = shared_from_this();
  phase_ = phase::closed;
  // A stream that is cut must not seem to have ended well.
  if (socket_->tls() && why != stream_end::cut) socket_->tls()->end_sending();
  socket_->close();
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
  socket_->reset();
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
  const auto queued = socket_->queued();
  if (queued && *queued != std::exchange(queued_, *queued)) progressed_ = now;
}

bool session::too_long(clock::time_point now) const {
  const auto& o = host_->options;
  const auto here = now - since_;
  switch (phase_) {
    case phase::idle:
      return here >= o.idle_timeout;
    case phase::handshaking:
      return here >= o.read_timeout;
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

// -- TLS ------------------------------------------------------------------

void session::await_handshake() {
  socket_->async_wait(socket_->to_read(), [self = shared_from_this()](error_code ec) {
    if (self->phase_ == phase::closed) return;
    if (ec) return self->close();
    self->shake_hands();
  });
}

void session::shake_hands() {
  switch (socket_->tls()->shake_hands()) {
    case tls_line::step::done:
      client_name_ = socket_->tls()->client_name();
      enter(phase::idle);
      return read();
    case tls_line::step::again:
      return await_handshake();
    case tls_line::step::not_tls:
      socket_->drop_tls();
      return reject(400, "TLS is spoken here: https:// is needed");
    case tls_line::step::no_client:
      // What OpenSSL said about it must arrive.
      socket_->drop_tls();
      return drain();
  }
}

/// The socket says nothing of what was decrypted with bytes that came before.
void session::read_tls() {
  const auto go_on = [self = shared_from_this()](error_code ec) {
    if (self->phase_ == phase::closed) return;
    if (ec) return self->close();
    const auto n = self->socket_->tls()->read(self->buffer_.prepare(read_bytes), ec);
    ec == asio::error::would_block ? self->read() : self->on_read(ec, n);
  };
  if (socket_->tls()->has_decrypted())
    asio::post(socket_->get_executor(), [go_on] { go_on({}); });
  else
    socket_->async_wait(socket_->to_read(), go_on);
}

// -- reading --------------------------------------------------------------

void session::read() {
  if (socket_->tls()) return read_tls();
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
  if (socket_->write_some({asio::buffer(text)}, ec) != text.size()) close();
}

void session::dispatch() {
  phase_ = phase::handling;
  keep_alive_ = parser_->keep_alive();
  http_1_0_ = parser_->http_1_0();
  auto request = parser_->take();
  request.remote = remote_;
  request.tls = socket_->tls() != nullptr;
  request.client_name = client_name_;
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
