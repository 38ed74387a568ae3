#include "net/tls_line.hpp"

#include <boost/asio/error.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <string_view>
#include <sys/socket.h>

namespace scaleit::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t record_bytes = SSL3_RT_MAX_PLAIN_LENGTH;
constexpr std::size_t turn_bytes = 16 * record_bytes;  // then others have theirs
constexpr unsigned char handshake_record = 0x16;       // RFC 8446, section 5.1
constexpr std::size_t common_name_bytes_max = 256;

/// The next record's text: where it lies if it is long, or else put together in `space`,
/// so that a header and a short body are one record.
std::string_view next_record(const tls_line::buffers& all, std::size_t from,
                             std::array<char, record_bytes>& space) {
  std::size_t n = 0;
  for (const auto& b : all) {
    const auto skipped = std::min(from, b.size());
    from -= skipped;
    const std::string_view rest{static_cast<const char*>(b.data()) + skipped,
                                b.size() - skipped};
    if (n == 0 && rest.size() >= record_bytes) return rest.substr(0, record_bytes);
    const auto part = std::min(rest.size(), record_bytes - n);
    if (part > 0) std::memcpy(space.data() + n, rest.data(), part);
    n += part;
  }
  return {space.data(), n};
}

}  // namespace

// -- OpenSSL's way to the socket ------------------------------------------

/// OpenSSL's own would raise SIGPIPE.
int tls_line::send(BIO* b, const char* from, int n) {
  auto& self = *static_cast<tls_line*>(BIO_get_data(b));
  BIO_clear_retry_flags(b);
  const auto sent = ::send(self.fd_, from, static_cast<std::size_t>(n), MSG_NOSIGNAL);
  if (sent < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(b);
  return static_cast<int>(sent);
}

int tls_line::receive(BIO* b, char* to, int n) {
  auto& self = *static_cast<tls_line*>(BIO_get_data(b));
  BIO_clear_retry_flags(b);
  const auto got = ::recv(self.fd_, to, static_cast<std::size_t>(n), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(b);
  if (got == 0) self.ended_ = true;
  return static_cast<int>(got);
}

const BIO_METHOD* tls_line::method() {
  static const auto* const m = [] {
    auto* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    if (!made) throw std::bad_alloc();
    BIO_meth_set_write(made, &tls_line::send);
    BIO_meth_set_read(made, &tls_line::receive);
    BIO_meth_set_ctrl(made, [](BIO*, int what, long, void*) -> long {
      return what == BIO_CTRL_FLUSH ? 1 : 0;
    });
    return made;
  }();
  return m;
}

tls_line::tls_line(SSL_CTX& context, int fd) : ssl_(SSL_new(&context)), fd_(fd) {
  auto* bio = ssl_ ? BIO_new(method()) : nullptr;
  if (!bio) throw std::bad_alloc();
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_accept_state(ssl_.get());
}

// -- calls ----------------------------------------------------------------

tls_line::error_code tls_line::outcome(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_NONE:
      wants_ = wait_type::wait_read;
      return {};
    case SSL_ERROR_WANT_READ:
      wants_ = wait_type::wait_read;
      return asio::error::would_block;
    case SSL_ERROR_WANT_WRITE:
      wants_ = wait_type::wait_write;
      return asio::error::would_block;
    case SSL_ERROR_ZERO_RETURN:
      return asio::error::eof;
    default:
      broken_ = true;
      if (ended_) return asio::error::eof;
      return asio::error::connection_aborted;
  }
}

tls_line::step tls_line::shake_hands() {
  if (!begun_) {
    unsigned char first = 0;
    const auto n = ::recv(fd_, &first, 1, MSG_PEEK);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return step::again;
    if (n <= 0) return step::no_client;
    // Every method of HTTP begins with a letter, and no record of TLS does.
    if (first != handshake_record && first >= 'A' && first <= 'z') return step::not_tls;
    begun_ = true;
  }
  ERR_clear_error();
  const auto ec = outcome(SSL_do_handshake(ssl_.get()));
  if (ec == asio::error::would_block) return step::again;
  return ec ? step::no_client : step::done;
}

std::size_t tls_line::read(asio::mutable_buffer to, error_code& ec) {
  std::size_t n = 0;
  ERR_clear_error();
  ec = outcome(SSL_read_ex(ssl_.get(), to.data(), to.size(), &n));
  return ec ? 0 : n;
}

void tls_line::peek(error_code& ec) {
  char next = 0;
  std::size_t n = 0;
  ERR_clear_error();
  ec = outcome(SSL_peek_ex(ssl_.get(), &next, 1, &n));
}

std::size_t tls_line::write(const buffers& all, error_code& ec) {
  std::array<char, record_bytes> space;
  std::size_t sent = 0;
  ec = {};
  while (sent < turn_bytes) {
    const auto text = next_record(all, sent, space);
    if (text.empty()) break;
    std::size_t n = 0;
    ERR_clear_error();
    ec = outcome(SSL_write_ex(ssl_.get(), text.data(), text.size(), &n));
    if (ec) break;
    sent += n;
  }
  return sent;
}

void tls_line::end_sending() noexcept {
  if (broken_ || SSL_in_init(ssl_.get()) != 0) return;
  ERR_clear_error();
  if (SSL_shutdown(ssl_.get()) < 0) ERR_clear_error();
}

std::string tls_line::client_name() const {
  const auto* certificate = SSL_get0_peer_certificate(ssl_.get());
  if (!certificate) return {};
  const auto* subject = X509_get_subject_name(certificate);
  const auto at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return {};
  unsigned char* text = nullptr;
  const auto n = ASN1_STRING_to_UTF8(
      &text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  if (n < 0) return {};
  std::string name{reinterpret_cast<const char*>(text), static_cast<std::size_t>(n)};
  OPENSSL_free(text);
  // A name that could not be shown as it is, is none: it ends up in logs and events.
  const bool odd = std::ranges::any_of(
      name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  return odd || name.size() > common_name_bytes_max ? std::string{} : name;
}

}  // namespace scaleit::net
