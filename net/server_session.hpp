// One connection of the HTTP server: reads requests one after the other, hands
// each to the handler, writes the answer.
//
//   idle -> reading -> handling -> writing -> idle ...
//                                         \-> draining -> closed
//
// A session keeps no timer; the server's sweep calls on_sweep().
#pragma once

#include "net/request_parser.hpp"
#include "net/server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

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
  /// A session has ended its answer: a full host may now prefer a newcomer to it.
  virtual void on_answered() = 0;
};

/// What a responder holds on to; a closed session ignores every call.
class responder::exchange {
 public:
  virtual ~exchange() = default;
  virtual void answer(server_response r, std::optional<std::size_t> cut) = 0;
  virtual void reset() noexcept = 0;
};

class session final : public responder::exchange,
                      public std::enable_shared_from_this<session> {
 public:
  using clock = std::chrono::steady_clock;

  /// In the order in which a full server gives them up; past `reading` only if stalled().
  enum class phase : std::uint8_t { idle, draining, reading, handling, writing, closed };

  session(asio::ip::tcp::socket socket, std::shared_ptr<session_host> host);

  void start();
  /// Idempotent. Afterwards the session holds neither socket nor host.
  void close() noexcept;
  /// Closes if the time for the present phase is over.
  void on_sweep(clock::time_point now);

  phase current() const { return phase_; }
  clock::time_point since() const { return since_; }
  /// Its client has not read anything of the answer for a while.
  bool stalled(clock::time_point now) const {
    return phase_ == phase::writing && now - progressed_ > bounds::server_stall_time;
  }

  void answer(server_response r, std::optional<std::size_t> cut) override;
  void reset() noexcept override;

  std::size_t slot = 0;  ///< the host's: where it keeps this session

 private:
  using error_code = boost::system::error_code;

  void enter(phase p);
  void read();
  void on_read(error_code ec, std::size_t n);
  void pump();
  request_parser::progress parse();
  void dispatch();
  void reject(int status, const std::string& reason);
  void send_continue();
  void compose(const server_response& r, std::size_t body_bytes);
  void flush();
  void on_flushed();
  std::array<asio::const_buffer, 2> unsent() const;

  std::optional<asio::ip::tcp::socket> socket_;
  std::shared_ptr<session_host> host_;
  boost::beast::flat_buffer buffer_;
  std::optional<request_parser> parser_;
  phase phase_ = phase::idle;
  clock::time_point since_ = clock::now();
  bool pumping_ = false;  // an answer given meanwhile lets the loop go on

  // -- the answer on its way out
  std::string head_;
  std::string body_;
  std::size_t body_bytes_ = 0;  // of body_, those that are sent
  std::size_t written_ = 0;
  clock::time_point progressed_{};  // when written_ last grew
  bool keep_alive_ = false;
  bool http_1_0_ = false;
  bool without_body_ = false;  // the request was HEAD
  std::size_t drained_ = 0;
};

}  // namespace scaleit::net
