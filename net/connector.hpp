// A connected socket for a URL, or for a unix socket: resolves the name, then races its
// addresses (Happy Eyeballs, RFC 8305), so that a dead address costs 250 ms and not the
// request.
#pragma once

#include "messages/observation.hpp"
#include "net/deadline_wheel.hpp"
#include "net/resolver.hpp"
#include "net/stream_socket.hpp"
#include "net/url.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace scaleit::net {

struct connected {
  std::optional<stream_socket> socket;  ///< TCP_NODELAY and non-blocking
  failure why;                          ///< when there is none
  bool no_descriptor = false;           ///< since too many files are open
};

class connector : public std::enable_shared_from_this<connector> {
 public:
  using handler = std::function<void(connected&&)>;

  connector(boost::asio::io_context& io, resolver& names, deadline_wheel& wheel,
            parsed_url to, std::chrono::milliseconds timeout);

  /// Calls `done` once, later. `names` and `wheel` must live until then or cancel().
  void start(handler done);
  /// Destroys `done` uncalled and closes what is open.
  void cancel() noexcept;
  bool resolving() const { return resolving_; }

 private:
  using tcp = boost::asio::ip::tcp;

  void begin();
  void on_addresses(const resolved& r);
  void race(const std::vector<boost::asio::ip::address>& addresses);
  void start_next();
  void try_unix();
  void on_connect(std::size_t i, boost::system::error_code e);
  void fail_to_connect();
  void fail(failure_kind kind, const std::string& detail);
  void finish(connected&& c);

  boost::asio::io_context& io_;
  resolver& names_;
  deadline_wheel& wheel_;
  parsed_url to_;
  std::chrono::milliseconds timeout_;
  handler done_;
  bool resolving_ = false;
  std::vector<tcp::endpoint> endpoints_;
  std::vector<tcp::socket>
      attempts_;  ///< reserved: sockets must not move while connecting
  std::size_t running_ = 0;
  boost::system::error_code last_error_;
  deadline stagger_;
  deadline limit_;
};

}  // namespace scaleit::net
