#include "tests/net/transport.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <stdexcept>
#include <sys/socket.h>

namespace scaleit::test {

namespace {

std::string chosen() {
  const char* name = ::getenv("SCALEIT_TEST_TRANSPORT");
  return name && *name ? name : "tcp";
}

std::mutex mutex;

std::map<std::uint16_t, std::string>& servers() {
  static std::map<std::uint16_t, std::string> all;
  return all;
}

struct shown {
  identity ca = make_ca("test CA");
  identity server = issue(ca, {"IP:127.0.0.1"});
  temporary_file cert{server.certificate}, key{server.key};
};

}  // namespace

bool is_over(std::string_view name) { return chosen() == name; }

void choose_transport(net::server_options& o) {
  if (is_over("tcp") || o.tls || o.port != 0 || o.address != "127.0.0.1") return;
  if (is_over("unix")) {
    static const temporary_directory all;
    static std::atomic<int> number{0};
    o.address = "unix:" + all.file("s" + std::to_string(++number));
    return;
  }
  static const shown files;
  o.tls = net::server_tls{files.cert.path(), files.key.path()};
}

std::uint16_t note_server(const net::server_options& o, std::uint16_t port) {
  static std::uint16_t next = 1;  // such ports the system gives to nobody
  const std::lock_guard lock(mutex);
  const bool is_unix = o.address.starts_with("unix:");
  if (is_unix) port = next++;
  servers()[port] = is_unix ? o.address.substr(5) : o.tls ? "tls" : "tcp";
  return port;
}

std::string transport_of(std::uint16_t port) {
  const std::lock_guard lock(mutex);
  const auto found = servers().find(port);
  return found == servers().end() ? "tcp" : found->second;
}

temporary_directory::temporary_directory() {
  auto name =
      (std::filesystem::temp_directory_path() / ("scaleit-" + std::string(6, 'X')))
          .string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("cannot create " + name);
  path_ = name;
}

temporary_directory::~temporary_directory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

// -- a client's TLS -------------------------------------------------------

tls_side::tls_side(int fd, const tls_manners& m)
    : context_(SSL_CTX_new(TLS_client_method())), ssl_(nullptr) {
  std::signal(SIGPIPE, SIG_IGN);  // SSL_write has no MSG_NOSIGNAL
  if (m.version_max != 0) SSL_CTX_set_max_proto_version(context_, m.version_max);
  if (!m.certificate.key.empty()) {
    auto* cb = BIO_new_mem_buf(m.certificate.certificate.data(), -1);
    auto* x = PEM_read_bio_X509(cb, nullptr, nullptr, nullptr);
    auto* kb = BIO_new_mem_buf(m.certificate.key.data(), -1);
    auto* k = PEM_read_bio_PrivateKey(kb, nullptr, nullptr, nullptr);
    SSL_CTX_use_certificate(context_, x);
    SSL_CTX_use_PrivateKey(context_, k);
    X509_free(x);
    EVP_PKEY_free(k);
    BIO_free(cb);
    BIO_free(kb);
  }
  ssl_ = SSL_new(context_);
  if (!m.protocols.empty())
    SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>(m.protocols.data()),
                        static_cast<unsigned>(m.protocols.size()));
  SSL_set_fd(ssl_, fd);
  SSL_set_connect_state(ssl_);
}

tls_side::~tls_side() {
  SSL_free(ssl_);
  SSL_CTX_free(context_);
}

ssize_t tls_side::outcome(int result) {
  const int system = errno;
  if (result > 0) return result;
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_ZERO_RETURN:
      return 0;
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      errno = EAGAIN;
      return -1;
    case SSL_ERROR_SYSCALL:
      errno = system != 0 ? system : EPROTO;
      return -1;
    default:
      errno = EPROTO;
      return -1;
  }
}

ssize_t tls_side::send(const char* from, std::size_t n) {
  ERR_clear_error();
  errno = 0;
  return outcome(SSL_write(ssl_, from, static_cast<int>(n)));
}

ssize_t tls_side::receive(char* to, std::size_t n) {
  ERR_clear_error();
  errno = 0;
  return outcome(SSL_read(ssl_, to, static_cast<int>(n)));
}

void tls_side::half_close() {
  ERR_clear_error();
  if (SSL_do_handshake(ssl_) == 1) SSL_shutdown(ssl_);
}

}  // namespace scaleit::test
