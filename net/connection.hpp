// One HTTP/1.1 connection: sends prepared bytes, reads one answer at a time.
//
// Plain and TLS share everything but the stream; the template, and with it
// Beast, stays in connection.cpp. While nothing is asked a read is kept pending,
// so that a peer that closes, or says something unasked, is noticed at once.
#pragma once

#include "messages/observation.hpp"
#include "net/http.hpp"
#include "net/url.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace scaleit::net {

struct answer {
  int status = 0;
  std::string body;
  std::string location;
  bool reusable = false;  ///< the connection can carry another request
};

struct breakage {
  failure why;
  bool before_answer = false;  ///< not a byte of the answer was received
  bool nothing_sent = false;   ///< not a byte of the request left
};

/// Called on the loop, never from within a member function of the connection.
class connection_owner {
 public:
  virtual void on_open() = 0;
  virtual void on_answer(answer&& a) = 0;
  /// The connection is of no further use, whether or not it had a request.
  virtual void on_broken(breakage&& b) = 0;

 protected:
  ~connection_owner() = default;
};

struct answer_limits {
  std::size_t header_bytes_max;
  std::size_t body_bytes_max;
};

class connection {
 public:
  virtual ~connection() = default;
  /// TLS shakes hands; plain is open already, and says so later all the same.
  virtual void open() = 0;
  virtual void send(prepared_ptr r) = 0;
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
                                                  boost::asio::ip::tcp::socket s,
                                                  const parsed_url& url,
                                                  answer_limits limits);
std::shared_ptr<connection> make_tls_connection(
    connection_owner& owner, boost::asio::ip::tcp::socket s,
    std::shared_ptr<boost::asio::ssl::context> context, const parsed_url& url,
    answer_limits limits);

}  // namespace scaleit::net
