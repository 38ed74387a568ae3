// The writing half of a session: whole answers, and the streams' bytes.
#include "net/headers.hpp"
#include "net/problem.hpp"
#include "net/reason_phrase.hpp"
#include "net/server_session.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace scaleit::net {

namespace {

using error_code = boost::system::error_code;

/// Where an answer ends is for the server to say.
bool is_framing(const header& h) {
  return same_header(h.name, "Content-Length") ||
         same_header(h.name, "Transfer-Encoding") || same_header(h.name, "Connection");
}

/// A header that a handler built from foreign text must not split the answer.
bool sendable(const server_response& r) {
  return r.status >= 200 && r.status <= 999 && is_header_value(r.content_type) &&
         std::all_of(r.headers.begin(), r.headers.end(), [](const header& h) {
           return is_header_name(h.name) && is_header_value(h.value) && !is_framing(h);
         });
}

bool bodyless(int status) { return status == 204 || status == 304; }

server_response unsendable() { return problem(500, "the answer could not be made"); }

}  // namespace

// -- whole answers --------------------------------------------------------

void session::answer(server_response r, std::optional<std::size_t> cut) {
  if (phase_ != phase::handling) return;
  if (!sendable(r)) r = unsendable();
  if (cut) keep_alive_ = false;
  const auto size = r.body.size();
  compose(r, bodyless(r.status) ? "" : fmt::format("Content-Length: {}\r\n", size));
  body_bytes_ =
      without_body_ || bodyless(r.status) ? 0 : std::min(size, cut.value_or(size));
  body_ = std::move(r.body);
  flush();
}

void session::compose(const server_response& r, std::string_view framing) {
  // Whoever asked for more at once makes room first (RFC 9112, 9.6).
  if (buffer_.size() > 0 && host_->full()) keep_alive_ = false;
  head_ = fmt::format("HTTP/1.1 {} {}\r\n", r.status, reason_phrase(r.status));
  head_ += host_->common_headers();
  if (!r.content_type.empty()) ((head_ += "Content-Type: ") += r.content_type) += "\r\n";
  head_ += framing;
  if (!keep_alive_)
    head_ += "Connection: close\r\n";
  else if (http_1_0_)
    head_ += "Connection: keep-alive\r\n";
  for (const auto& h : r.headers) (((head_ += h.name) += ": ") += h.value) += "\r\n";
  head_ += "\r\n";
  tail_ = {};
  body_bytes_ = written_ = 0;
}

std::array<asio::const_buffer, 3> session::unsent() const {
  const auto head = std::min(written_, head_.size());
  const auto body = std::min(written_ - head, body_bytes_);
  const auto tail = written_ - head - body;
  return {asio::const_buffer(head_.data() + head, head_.size() - head),
          asio::const_buffer(body_.data() + body, body_bytes_ - body),
          asio::const_buffer(tail_.data() + tail, tail_.size() - tail)};
}

/// Writes at once what the kernel takes, which is nearly always everything.
void session::flush() {
  error_code ec;
  const auto n = socket_->write_some(unsent(), ec);
  written_ += n;
  if (all_sent()) return on_flushed();
  if (ec && ec != asio::error::would_block && ec != asio::error::interrupted)
    return close();
  if (n > 0 || !blocked_) progressed_ = clock::now();
  blocked_ = true;
  if (phase_ == phase::handling) enter(phase::writing);
  socket_->async_wait(asio::socket_base::wait_write,
                      [self = shared_from_this()](error_code e) {
                        if (self->phase_ == phase::closed) return;
                        if (e) return self->close();
                        self->flush();
                      });
}

void session::on_flushed() {
  blocked_ = false;
  body_ = std::string();
  if (!stream_) return finish();
  if (last_) return end_stream();
  const auto stream = stream_;  // which may do anything, such as end the server
  stream->sent();
}

/// The answer is out.
void session::finish() {
  host_->on_answered();
  if (!keep_alive_) return drain();
  enter(phase::idle);
  if (buffer_.size() == 0) return read();
  // Not from here: the caller is a handler, which must not find itself called again, and
  // others on the loop come first.
  asio::post(socket_->get_executor(), [self = shared_from_this()] { self->pump(); });
}

/// Closing on unread bytes would reset the connection and with it the answer.
void session::drain() {
  enter(phase::draining);
  socket_->end_sending();
  buffer_.clear();
  read();
}

// -- streams --------------------------------------------------------------

stream_writer session::stream(server_response head, stream_options o) {
  if (phase_ != phase::handling) return {};
  head.body.clear();
  if (!sendable(head) || bodyless(head.status)) {
    answer(unsendable(), std::nullopt);
    return {};
  }
  if (!without_body_ && !host_->take_stream()) {
    auto refusal = problem(503, "too many streams are open; try again later");
    refusal.headers.push_back({"Retry-After", "5"});
    answer(std::move(refusal), std::nullopt);
    return {};
  }
  if (http_1_0_) keep_alive_ = false;  // the end of the connection is that of the body
  compose(head, http_1_0_ ? "" : "Transfer-Encoding: chunked\r\n");
  if (without_body_) {
    flush();
    return {};
  }
  stream_ = std::make_shared<stream_writer::channel>(
      std::move(o), [weak = weak_from_this(), to = socket_->get_executor()] {
        asio::post(to, [weak] {
          if (const auto self = weak.lock()) self->pull();
        });
      });
  stream_writer writer(stream_);
  begin_stream();
  return writer;
}

void session::begin_stream() {
  enter(phase::streaming);
  ++streams_;
  last_ = false;
  socket_->watch_machine();  // whether anything is written or not
  watch_client();
  // Not from here: a client that has left meanwhile is told of through on_close, and
  // that not before the caller has its writer.
  blocked_ = true;
  progressed_ = clock::now();
  asio::post(socket_->get_executor(), [self = shared_from_this()] {
    if (self->phase_ == phase::streaming) self->flush();
  });
}

/// Learns that the client has left while there is nothing to write.
void session::watch_client() {
  socket_->async_wait(socket_->to_read(),
                      [self = shared_from_this(), stream = streams_](error_code ec) {
                        const auto here = self->phase_ == phase::streaming;
                        if (!ec && here && self->streams_ == stream)
                          self->on_client_stirred();
                      });
}

void session::on_client_stirred() {
  error_code ec;
  socket_->peek(ec);
  if (ec == asio::error::would_block || ec == asio::error::interrupted)
    return watch_client();
  if (ec == asio::error::eof && stream_->finite()) return;
  if (ec) close();
  // Else it is the next request, whose turn comes after the stream.
}

/// Sends what was written meanwhile.
void session::pull() {
  if (phase_ != phase::streaming || blocked_) return;
  auto batch = stream_->take();
  // A reset, since the end of the connection would be a good end to a 1.0 answer.
  if (batch.cut) return http_1_0_ ? reset() : close(stream_end::cut);
  if (batch.bytes.empty() && !batch.last) return;
  frame(std::move(batch.bytes), batch.last);
  flush();
}

void session::frame(std::string bytes, bool last) {
  head_.clear();
  tail_ = {};
  if (!http_1_0_) {  // RFC 9112, 7.1
    if (!bytes.empty()) head_ = fmt::format("{:x}\r\n", bytes.size());
    tail_ = bytes.empty() ? "0\r\n\r\n" : last ? "\r\n0\r\n\r\n" : "\r\n";
  }
  body_ = std::move(bytes);
  body_bytes_ = body_.size();
  written_ = 0;
  last_ = last;
}

void session::end_stream() {
  const auto self = shared_from_this();
  const auto stream = std::exchange(stream_, nullptr);
  host_->return_stream();
  finish();
  stream->close(stream_end::complete);  // last, as it may do anything
}

/// Ends the stream as well as can be done without waiting.
void session::say_farewell() {
  error_code ec;
  written_ += socket_->write_some(unsent(), ec);
  if (ec || !all_sent() || last_ || stream_->finite()) return;
  frame(stream_->take_rest(), true);
  socket_->write_some(unsent(), ec);
  socket_->end_sending();
}

}  // namespace scaleit::net
