// One HTTP/1.1 connection: sends prepared bytes, hands on one answer at a time
// as it arrives.
//
// Plain and TLS share everything but the stream; the template, and with it
// Beast, stays in connection.cpp. While nothing is asked a read is kept pending,
// so that a peer that closes, or says something unasked, is noticed at once.
#pragma once

#include "messages/observation.hpp"
#include "net/answer_parser.hpp"
#include "net/http.hpp"
#include "net/stream_socket.hpp"
#include "net/url.hpp"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace scaleit::net {

struct answer_end {
  bool reusable = false;    ///< the connection can carry another request
  bool may_be_cut = false;  ///< TLS was cut off where only its end tells the answer's
};

struct breakage {
  failure why;
  bool before_answer = false;  ///< not a byte of the answer was received
  bool nothing_sent = false;   ///< not a byte of the request left
  bool distrusted = false;     ///< the peer's certificate was not accepted
};

/// Called on the loop, never from within a member function of the connection. Each may
/// close it; nothing is called after that.
class connection_owner {
 public:
  virtual void on_open() = 0;
  /// `is_all`: no body follows, and on_end() is next.
  virtual void on_head(answer_head&& head, bool is_all) = 0;
  virtual void on_piece(std::string_view bytes) = 0;
  virtual void on_end(answer_end end) = 0;
  /// The connection is of no further use, whether or not it had a request.
  virtual void on_broken(breakage&& b) = 0;

 protected:
  ~connection_owner() = default;
};

class connection {
 public:
  virtual ~connection() = default;
  /// TLS shakes hands; plain is open already, and says so later all the same.
  virtual void open() = 0;
  /// `keep_fields`: the head has all header fields.
  virtual void send(prepared_ptr r, bool keep_fields) = 0;
  /// To be called when no request follows an answer.
  virtual void rest() = 0;
  /// Whether the peer has neither closed nor sent anything since the last answer.
  virtual bool is_quiet() const = 0;
  /// No callbacks from here on.
  virtual void close() noexcept = 0;
  /// For the sentence of a timeout: what has been received of the answer.
  virtual std::string progress() const = 0;
  virtual bool is_open() const = 0;
};

std::shared_ptr<connection> make_plain_connection(connection_owner& owner,
                                                  stream_socket s,
                                                  const prepared_request& r,
                                                  std::size_t header_bytes_max);
std::shared_ptr<connection> make_tls_connection(
    connection_owner& owner, stream_socket s,
    std::shared_ptr<boost::asio::ssl::context> context, const prepared_request& r,
    std::size_t header_bytes_max);

}  // namespace scaleit::net
