#include "tests/support/unruly_server.hpp"

#include <openssl/pem.h>

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <list>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace scaleit::test {

namespace {

sockaddr_storage make_address(const std::string& text, std::uint16_t port,
                              socklen_t& size) {
  sockaddr_storage s{};
  if (text.find(':') == std::string::npos) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(s);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    ::inet_pton(AF_INET, text.c_str(), &v4.sin_addr);
    size = sizeof v4;
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(s);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    ::inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr);
    size = sizeof v6;
  }
  return s;
}

std::uint16_t port_of(int fd) {
  sockaddr_storage s{};
  socklen_t n = sizeof s;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&s), &n);
  return ntohs(s.ss_family == AF_INET ? reinterpret_cast<sockaddr_in&>(s).sin_port
                                      : reinterpret_cast<sockaddr_in6&>(s).sin6_port);
}

int bound_socket(const std::string& address, std::uint16_t port) {
  socklen_t size = 0;
  const auto a = make_address(address, port, size);
  const int fd = ::socket(a.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&a), size) != 0)
    throw std::system_error(errno, std::generic_category(), "bind " + address);
  return fd;
}

SSL_CTX* server_context(const identity& who, const std::string& client_ca) {
  auto* c = SSL_CTX_new(TLS_server_method());
  auto* cb = BIO_new_mem_buf(who.certificate.data(), -1);
  auto* x = PEM_read_bio_X509(cb, nullptr, nullptr, nullptr);
  auto* kb = BIO_new_mem_buf(who.key.data(), -1);
  auto* k = PEM_read_bio_PrivateKey(kb, nullptr, nullptr, nullptr);
  SSL_CTX_use_certificate(c, x);
  SSL_CTX_use_PrivateKey(c, k);
  EVP_PKEY_free(k);
  BIO_free(kb);
  X509_free(x);
  BIO_free(cb);
  if (client_ca.empty()) return c;
  auto* ab = BIO_new_mem_buf(client_ca.data(), -1);
  auto* a = PEM_read_bio_X509(ab, nullptr, nullptr, nullptr);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(c), a);
  SSL_CTX_set_verify(c, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  X509_free(a);
  BIO_free(ab);
  return c;
}

}  // namespace

// -- peer -----------------------------------------------------------------

peer::peer(unruly_server& server, int fd, int number, SSL_CTX* tls)
    : server_(server), fd_(fd), number_(number) {
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (!tls) return;
  ssl_ = SSL_new(tls);
  SSL_set_fd(ssl_, fd_);
  good_ = SSL_accept(ssl_) == 1;
}

peer::~peer() { SSL_free(ssl_); }

std::size_t peer::receive(char* to, std::size_t n) {
  if (!good_) return 0;
  const auto got = ssl_ ? SSL_read(ssl_, to, static_cast<int>(n)) : ::recv(fd_, to, n, 0);
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

std::string peer::read_request() {
  std::size_t need = std::string::npos;
  while (true) {
    if (need == std::string::npos) {
      const auto end = buffer_.find("\r\n\r\n");
      if (end != std::string::npos) {
        need = end + 4;
        const auto length = buffer_.find("Content-Length: ");
        if (length < end) need += std::stoul(buffer_.substr(length + 16));
      }
    }
    if (need != std::string::npos && buffer_.size() >= need) break;
    char some[16 * 1024];
    const auto n = receive(some, sizeof some);
    if (n == 0) return {};
    buffer_.append(some, n);
  }
  auto request = buffer_.substr(0, need);
  buffer_.erase(0, need);
  server_.note(request);
  return request;
}

bool peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ssl_ ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                        : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void peer::send_bytewise(std::string_view bytes) {
  for (const auto& c : bytes) {
    if (!send({&c, 1})) return;
    std::this_thread::yield();  // NODELAY: each byte is a segment of its own
  }
}

void peer::reset() {
  const linger l{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &l, sizeof l);
  // Kept open for the server to close, which is what sends the reset.
}

void peer::close() {
  if (ssl_ && good_) SSL_shutdown(ssl_);
  ::shutdown(fd_, SHUT_RDWR);
}

void peer::wait_until_closed() {
  char some[16 * 1024];
  while (receive(some, sizeof some) > 0) {
  }
}

// -- unruly_server --------------------------------------------------------

unruly_server::unruly_server(script s, const std::string& address, std::uint16_t port)
    : script_(std::move(s)) {
  listen(address, port);
}

unruly_server::unruly_server(script s, const identity& who, const std::string& client_ca,
                             std::uint16_t port)
    : script_(std::move(s)), tls_(server_context(who, client_ca)) {
  ::signal(SIGPIPE, SIG_IGN);  // SSL_write has no MSG_NOSIGNAL
  listen("127.0.0.1", port);
}

unruly_server::~unruly_server() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock{mutex_};
    for (const int fd : open_fds_) ::shutdown(fd, SHUT_RDWR);
  }
  for (auto& t : threads_) t.join();
  ::close(listener_);
  SSL_CTX_free(tls_);
}

void unruly_server::listen(const std::string& address, std::uint16_t port) {
  listener_ = bound_socket(address, port);
  if (::listen(listener_, 4096) != 0) throw std::runtime_error("listen");
  port_ = port_of(listener_);
  acceptor_ = std::thread{[this] { accept_all(); }};
}

void unruly_server::accept_all() {
  while (!stopping_) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      return;
    }
    const int number = ++connections_;
    const std::lock_guard lock{mutex_};
    open_fds_.push_back(fd);
    threads_.emplace_back([this, fd, number] { serve(fd, number); });
  }
}

void unruly_server::serve(int fd, int number) {
  const int open = ++open_;
  int seen = open_max_;
  while (seen < open && !open_max_.compare_exchange_weak(seen, open)) {
  }
  {
    peer p{*this, fd, number, tls_};
    script_(p);
  }
  --open_;
  const std::lock_guard lock{mutex_};
  std::erase(open_fds_, fd);
  ::close(fd);
}

void unruly_server::note(std::string request) {
  const std::lock_guard lock{mutex_};
  requests_.push_back(std::move(request));
}

std::string unruly_server::url(const std::string& path, const std::string& host) const {
  return (tls_ ? "https://" : "http://") + host + ":" + std::to_string(port_) + path;
}

std::vector<std::string> unruly_server::requests() const {
  const std::lock_guard lock{mutex_};
  return requests_;
}

// -- deaf_listener --------------------------------------------------------

deaf_listener::deaf_listener(const std::string& address, std::uint16_t port) {
  fds_.push_back(bound_socket(address, port));
  ::listen(fds_.front(), 0);
  port_ = port_of(fds_.front());
  socklen_t size = 0;
  const auto a = make_address(address, port_, size);
  // A backlog of 0 holds one connection; after that, SYNs are dropped.
  for (int i = 0; i < 4; ++i) {
    const int fd = ::socket(a.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    (void)::connect(fd, reinterpret_cast<const sockaddr*>(&a),
                    size);  // in progress, or full
    fds_.push_back(fd);
  }
}

deaf_listener::~deaf_listener() {
  for (const int fd : fds_) ::close(fd);
}

// -- ports without a listener ---------------------------------------------

reserved_port::reserved_port() : fd_(bound_socket("127.0.0.1", 0)), port_(port_of(fd_)) {}

reserved_port::~reserved_port() { ::close(fd_); }

std::uint16_t closed_port() {
  static std::list<reserved_port> all;
  static std::mutex mutex;
  const std::lock_guard lock{mutex};
  return all.emplace_back().port();
}

std::string ok(std::string_view body, std::string_view headers) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string{headers} + "\r\n" + std::string{body};
}

unruly_server::script answer_always(std::string bytes) {
  return [bytes = std::move(bytes)](peer& p) {
    while (!p.read_request().empty() && p.send(bytes)) {
    }
  };
}

}  // namespace scaleit::test
