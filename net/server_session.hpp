// One connection of the HTTP server: reads requests one after the other, hands
// each to the handler, writes the answer.
//
//   (handshaking ->) idle -> reading -> handling -> writing or streaming -> idle ...
//                                                                      \-> draining ->
//                                                                      closed
//
// A session keeps no timer; the server's sweep calls on_sweep().
#pragma once

#include "net/request_parser.hpp"
#include "net/server.hpp"
#include "net/server_socket.hpp"
#include "net/stream_channel.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace scaleit::net {

class session;

/// What a session sees of its server.
struct session_host {
  server_options options;
  http_server::handler on_request;

  virtual ~session_host() = default;
  /// "Date: ...\r\nServer: ...\r\n", made anew once a second.
  virtual std::string_view common_headers() = 0;
  /// The session has closed; the host lets go of it.
  virtual void forget(session& s) noexcept = 0;
  /// There is no place left, so that others may be waiting for one.
  virtual bool full() const = 0;
  /// A session has ended its answer: a full host may now prefer a newcomer to it.
  virtual void on_answered() = 0;
  /// Whether there may be one more stream; each is given back.
  virtual bool take_stream() = 0;
  virtual void return_stream() noexcept = 0;
};

/// What a responder holds on to; a closed session ignores every call.
class responder::exchange {
 public:
  virtual ~exchange() = default;
  virtual void answer(server_response r, std::optional<std::size_t> cut) = 0;
  virtual stream_writer stream(server_response head, stream_options o) = 0;
  virtual void reset() noexcept = 0;
};

class session final : public responder::exchange,
                      public std::enable_shared_from_this<session> {
 public:
  using clock = std::chrono::steady_clock;

  /// In the order in which a full server gives them up; past `reading` only if overdue().
  enum class phase : std::uint8_t {
    idle,
    draining,
    handshaking,
    reading,
    handling,
    writing,
    streaming,
    closed
  };

  session(server_socket socket, std::string remote, std::shared_ptr<session_host> host);

  void start();
  /// Idempotent. Afterwards the session holds neither socket nor host.
  void close(stream_end why = stream_end::left) noexcept;
  /// Closes, after a word of farewell to a stream.
  void stop() noexcept;
  /// Closes if the time for the present phase is over.
  void on_sweep(clock::time_point now);

  phase current() const { return phase_; }
  clock::time_point since() const { return since_; }
  /// Its client has not read anything of the answer for a while, or is longer about it
  /// than it would be allowed to without progress: a newcomer may be preferred.
  bool overdue(clock::time_point now) const {
    return phase_ == phase::writing && (now - progressed_ > bounds::server_stall_time ||
                                        now - since_ > host_->options.write_timeout);
  }

  void answer(server_response r, std::optional<std::size_t> cut) override;
  stream_writer stream(server_response head, stream_options o) override;
  void reset() noexcept override;

  std::size_t slot = 0;  ///< the host's: where it keeps this session

 private:
  using error_code = boost::system::error_code;

  void enter(phase p);
  void note_progress(clock::time_point now);
  bool too_long(clock::time_point now) const;
  void await_handshake();
  void shake_hands();
  void read();
  void read_tls();
  void on_read(error_code ec, std::size_t n);
  void pump();
  request_parser::progress parse();
  void dispatch();
  void reject(int status, std::string_view reason);
  void send_continue();

  void compose(const server_response& r, std::string_view framing);
  void flush();
  void on_flushed();
  void finish();
  void drain();
  std::array<asio::const_buffer, 3> unsent() const;
  bool all_sent() const { return written_ == head_.size() + body_bytes_ + tail_.size(); }

  void begin_stream();
  void watch_client();
  void on_client_stirred();
  void pull();
  void frame(std::string bytes, bool last);
  void end_stream();
  void say_farewell();

  std::optional<server_socket> socket_;
  std::string remote_;
  std::string client_name_;
  std::shared_ptr<session_host> host_;
  boost::beast::flat_buffer buffer_;
  std::optional<request_parser> parser_;
  phase phase_ = phase::idle;
  clock::time_point since_ = clock::now();

  // -- the answer on its way out ------------------------------------------
  std::string head_;
  std::string body_;
  std::string_view tail_;
  std::size_t body_bytes_ = 0;      // of body_, those that are sent
  std::size_t written_ = 0;         // of all three
  int queued_ = 0;                  // bytes that the kernel had at the last sweep
  clock::time_point progressed_{};  // when the client last took something
  bool blocked_ = false;            // the client has no room
  bool keep_alive_ = false;
  bool http_1_0_ = false;
  bool without_body_ = false;  // the request was HEAD
  std::size_t drained_ = 0;

  // -- a stream -----------------------------------------------------------
  std::shared_ptr<stream_writer::channel> stream_;
  std::size_t streams_ = 0;  // so far
  bool last_ = false;        // what is on its way out is the last of it
};

}  // namespace scaleit::net
