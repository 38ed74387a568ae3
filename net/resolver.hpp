// Names to addresses without blocking the loop or the exit.
//
// getaddrinfo blocks, for tens of seconds when a name server is gone, and
// cannot be interrupted. It runs on a few detached threads that exist only
// while there is something to look up and share nothing with the resolver but
// a locked queue: destroying the resolver (or leaving the process) waits for none.
#pragma once

#include "messages/bounds.hpp"
#include "messages/time.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace scaleit::net {

struct resolved {
  std::vector<boost::asio::ip::address>
      addresses;      ///< families in turn (RFC 8305, section 4)
  std::string error;  ///< why there are none
};

/// The blocking call; runs on a helper thread and must not throw.
using lookup_function = std::function<resolved(const std::string& host)>;

/// `answer`, or the loopback addresses where there is none for "localhost" or a name
/// below it (RFC 6761, section 6.3): a bare container has no /etc/hosts to say so.
/// `host` is in lower case.
resolved or_loopback(const std::string& host, resolved answer);

/// getaddrinfo, and or_loopback() of what it says.
resolved system_lookup(const std::string& host);

class resolver {
 public:
  using handler = std::function<void(const resolved&)>;

  explicit resolver(boost::asio::io_context& io, lookup_function lookup = system_lookup);
  ~resolver();
  resolver(const resolver&) = delete;
  resolver& operator=(const resolver&) = delete;

  /// Calls `done` on the loop: at once from the cache, otherwise later. Lookups of
  /// one name share one call. There is no cancel: let `done` hold a weak pointer.
  void resolve(const std::string& host, handler done);

  /// The addresses were of no use: ask again next time.
  void forget(const std::string& host);

 private:
  class workers;
  struct cached {
    resolved answer;
    steady_time until;
  };

  void on_answer(const std::string& host, const resolved& answer);
  void remember(const std::string& host, const resolved& answer);

  std::shared_ptr<workers> workers_;
  std::unordered_map<std::string, cached> cache_;
  std::unordered_map<std::string, std::vector<handler>> waiting_;
};

}  // namespace scaleit::net
