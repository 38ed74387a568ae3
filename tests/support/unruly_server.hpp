// A server that does to a client whatever a test wants done.
//
// Each connection runs the test's script on a thread of its own, with plain
// blocking sockets: a script reads like the story it tells. Whatever the script
// waits for, destroying the server ends it.
#pragma once

#include "tests/support/certificates.hpp"

#include <openssl/ssl.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace scaleit::test {

class unruly_server;

/// One connection, seen from the server.
class peer {
 public:
  peer(unruly_server& server, int fd, int number, SSL_CTX* tls);
  ~peer();
  peer(const peer&) = delete;
  peer& operator=(const peer&) = delete;

  /// 1 for the first connection.
  int number() const { return number_; }
  /// A request with its body, also noted by the server; empty at the end.
  std::string read_request();
  /// False when the client is gone.
  bool send(std::string_view bytes);
  void send_bytewise(std::string_view bytes);
  /// Closes with a TCP reset.
  void reset();
  void close();
  /// Until the client closes or the server goes.
  void wait_until_closed();
  /// False when the TLS handshake failed.
  bool is_good() const { return good_; }

 private:
  std::size_t receive(char* to, std::size_t n);

  unruly_server& server_;
  int fd_;
  int number_;
  SSL* ssl_ = nullptr;
  bool good_ = true;
  std::string buffer_;
};

class unruly_server {
 public:
  using script = std::function<void(peer&)>;

  explicit unruly_server(script s, const std::string& address = "127.0.0.1",
                         std::uint16_t port = 0);
  /// With TLS, as `who`; clients need a certificate by `client_ca`, unless it is empty.
  unruly_server(script s, const identity& who, const std::string& client_ca = "",
                std::uint16_t port = 0);
  ~unruly_server();

  std::uint16_t port() const { return port_; }
  std::string url(const std::string& path = "/",
                  const std::string& host = "127.0.0.1") const;
  std::vector<std::string> requests() const;
  int connections() const { return connections_; }
  /// The most connections that were open at one time.
  int open_max() const { return open_max_; }

 private:
  friend peer;
  void listen(const std::string& address, std::uint16_t port);
  void accept_all();
  void serve(int fd, int number);
  void note(std::string request);

  script script_;
  SSL_CTX* tls_ = nullptr;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<int> connections_{0}, open_{0}, open_max_{0};
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::vector<int> open_fds_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// Listens, and lets connections pile up until the kernel answers no more.
class deaf_listener {
 public:
  explicit deaf_listener(const std::string& address = "127.0.0.1",
                         std::uint16_t port = 0);
  ~deaf_listener();
  std::uint16_t port() const { return port_; }

 private:
  std::vector<int> fds_;
  std::uint16_t port_ = 0;
};

/// A port that is bound and where nobody listens: connections are refused, and none that
/// goes out gets it as its own. A server may listen there meanwhile.
class reserved_port {
 public:
  reserved_port();
  ~reserved_port();
  reserved_port(const reserved_port&) = delete;
  reserved_port& operator=(const reserved_port&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  int fd_;
  std::uint16_t port_;
};

/// A port where nobody listens, as long as the process lives.
std::uint16_t closed_port();

std::string ok(std::string_view body, std::string_view headers = "");

/// Answers every request of a connection with `bytes`.
unruly_server::script answer_always(std::string bytes);

}  // namespace scaleit::test
