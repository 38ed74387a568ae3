// A client that sends exactly the bytes it is told to, right or wrong, over a
// blocking socket, and a server on a thread of its own to send them to.
#pragma once

#include "net/server.hpp"
#include "tests/net/transport.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace scaleit::test {

inline constexpr const char* get = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";

/// A handler that has little to say.
inline void hello(net::server_request&&, net::responder r) {
  r.send({200, "text/plain", "hello", {}});
}

struct raw_answer {
  int status = 0;
  std::string head;  ///< status line and fields, with their line ends
  std::string body;
  bool has(std::string_view field) const { return head.find(field) != std::string::npos; }
};

class raw_client {
 public:
  explicit raw_client(std::uint16_t port, bool v6 = false, int receive_buffer = 0) {
    const auto over = transport_of(port);
    if (over.starts_with('/'))
      connect_unix(over, receive_buffer);
    else if (v6)
      connect(loopback_v6(port), receive_buffer);
    else
      connect(loopback(port), receive_buffer);
    if (over == "tls") tls_ = std::make_unique<tls_side>(fd_, tls_manners{});
  }
  raw_client(std::uint16_t port, const tls_manners& m) {
    connect(loopback(port), 0);
    tls_ = std::make_unique<tls_side>(fd_, m);
  }
  explicit raw_client(const std::string& unix_path) { connect_unix(unix_path, 0); }
  ~raw_client() { ::close(fd_); }
  raw_client(const raw_client&) = delete;
  raw_client& operator=(const raw_client&) = delete;

  bool connected() const { return connected_; }
  bool send(std::string_view s) {
    while (!s.empty()) {
      const auto n = tls_ ? tls_->send(s.data(), s.size())
                          : ::send(fd_, s.data(), s.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      s.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  void half_close() {
    if (tls_) tls_->half_close();
    ::shutdown(fd_, SHUT_WR);
  }
  /// Bytes of no TLS, even if the others are.
  void send_plain(std::string_view s) { ::send(fd_, s.data(), s.size(), MSG_NOSIGNAL); }
  std::string receive_plain() {
    char chunk[65536];
    const auto n = ::recv(fd_, chunk, sizeof chunk, 0);
    end_ = n < 0 ? errno : 0;
    return {chunk, static_cast<std::size_t>(std::max<ssize_t>(n, 0))};
  }
  tls_side& tls() { return *tls_; }
  int fd() const { return fd_; }

  /// One answer; status 0 if the connection ended first.
  raw_answer read_answer(bool to_head = false) {
    raw_answer r;
    std::size_t end;
    while ((end = in_.find("\r\n\r\n")) == std::string::npos)
      if (!receive()) return r;
    r.head = in_.substr(0, end + 4);
    in_.erase(0, end + 4);
    const auto at = r.head.find("Content-Length: ");
    const auto size =
        at == std::string::npos || to_head ? 0 : std::stoul(r.head.substr(at + 16));
    while (in_.size() < size)
      if (!receive()) return r;
    r.body = in_.substr(0, size);
    in_.erase(0, size);
    r.status = std::stoi(r.head.substr(9, 3));
    return r;
  }
  raw_answer ask(std::string_view request) {
    send(request);
    return read_answer();
  }
  /// Only the header of an answer; empty if the connection ended first.
  std::string read_head() { return read_through("\r\n\r\n"); }
  /// Everything up to `mark` and with it; empty if the connection ended first.
  std::string read_through(std::string_view mark) {
    std::size_t end;
    while ((end = in_.find(mark)) == std::string::npos)
      if (!receive()) return {};
    auto read = in_.substr(0, end + mark.size());
    in_.erase(0, read.size());
    return read;
  }
  /// One chunk of a chunked body: the last one is empty, and so is a torn one.
  std::string read_chunk() {
    const auto line = read_through("\r\n");
    if (line.empty()) return {};
    const auto size = std::stoul(line, nullptr, 16);
    while (in_.size() < size + 2)
      if (!receive()) return {};
    auto chunk = in_.substr(0, size);
    in_.erase(0, size + 2);
    return chunk;
  }
  /// What one call brings, at most so much; empty at the end.
  std::string read_some(std::size_t bytes_max) {
    if (in_.empty()) receive(bytes_max);
    return std::exchange(in_, {});
  }
  std::string read_until_close() {
    while (receive()) {
    }
    return std::exchange(in_, {});
  }
  /// True if the peer closed and left nothing to read.
  bool closed() { return in_.empty() && !receive() && end_ != EAGAIN; }
  /// Why reading ended: 0 (orderly) or an errno.
  int end() const { return end_; }

 private:
  bool receive(std::size_t bytes_max = 65536) {
    char chunk[65536];
    const auto most = std::min(bytes_max, sizeof chunk);
    const auto n = tls_ ? tls_->receive(chunk, most) : ::recv(fd_, chunk, most, 0);
    if (n > 0) in_.append(chunk, static_cast<std::size_t>(n));
    if (n == 0) end_ = 0;
    if (n < 0) end_ = errno;
    return n > 0;
  }

  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_port = htons(port);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
  }
  static sockaddr_in6 loopback_v6(std::uint16_t port) {
    sockaddr_in6 a{};
    a.sin6_family = AF_INET6;
    a.sin6_port = htons(port);
    a.sin6_addr = in6addr_loopback;
    return a;
  }
  void connect_unix(const std::string& path, int receive_buffer) {
    sockaddr_un a{};
    a.sun_family = AF_UNIX;
    path.copy(a.sun_path, sizeof a.sun_path - 1);
    connect(a, receive_buffer);
  }
  template <class Address>
  void connect(const Address& a, int receive_buffer) {
    const auto* at = reinterpret_cast<const sockaddr*>(&a);
    fd_ = ::socket(at->sa_family, SOCK_STREAM, 0);
    const timeval limit{5, 0};  // a test that hangs fails instead
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (receive_buffer > 0)
      ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    connected_ = ::connect(fd_, at, sizeof a) == 0;
  }

  int fd_ = -1;
  std::unique_ptr<tls_side> tls_;
  bool connected_ = false;
  int end_ = -1;
  std::string in_;
};

class server_thread {
 public:
  explicit server_thread(net::http_server::handler h, net::server_options o = {}) {
    choose_transport(o);
    server_.emplace(loop_, o, std::move(h));
    port_ = note_server(o, server_->port());
    thread_ = std::thread([this] { loop_.io().run(); });
  }
  ~server_thread() {
    stop();
    thread_.join();
  }

  std::uint16_t port() const { return port_; }
  net::event_loop& loop() { return loop_; }
  net::http_server& server() { return *server_; }

  /// Ends the server, not its loop.
  void stop() {
    if (stopped_) return;
    stopped_ = true;
    on_loop([this] { server_.reset(); });
  }
  std::size_t streams() {
    return on_loop([this] { return server_->streams(); });
  }
  std::size_t connections() {
    return on_loop([this] { return server_->connections(); });
  }
  /// Asks again and again on the loop's thread, for 5 s at most.
  void eventually(const std::function<bool()>& so) {
    for (int i = 0; i < 5000 && !on_loop(so); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  /// Runs `f` on the loop's thread, some time.
  template <class F>
  void post(F f) {
    boost::asio::post(loop_.io(), std::move(f));
  }
  /// Runs `f` on the loop's thread and waits for its result.
  template <class F>
  auto on_loop(F f) -> decltype(f()) {
    std::packaged_task<decltype(f())()> task(std::move(f));
    auto result = task.get_future();
    boost::asio::post(loop_.io(), [&task] { task(); });
    return result.get();
  }

 private:
  net::event_loop loop_;
  std::optional<net::http_server> server_;
  std::uint16_t port_ = 0;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace scaleit::test
