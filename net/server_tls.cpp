#include "net/server_tls.hpp"

#include "messages/bounds.hpp"
#include "net/tls.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <new>
#include <stdexcept>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace scaleit::net {

namespace {

/// Of those that TLS 1.2 has, what has forward secrecy and authenticates what it
/// encrypts.
constexpr const char* ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr unsigned char protocol[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
constexpr unsigned char session_context[] = "scaleit";

[[noreturn]] void refuse(const std::string& file, std::string_view why) {
  ERR_clear_error();
  throw std::runtime_error(fmt::format("{}: {}", file, why));
}

std::string reason() {
  const char* text = ERR_reason_error_string(ERR_peek_error());
  return text ? text : "unknown error";
}

/// With the system's words, where OpenSSL's would be about its own.
void must_be_readable(const std::string& file) {
  must_be_file(file);
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) refuse(file, std::strerror(errno));
  ::close(fd);
}

void load_certificate(SSL_CTX* c, const std::string& file) {
  if (SSL_CTX_use_certificate_chain_file(c, file.c_str()) == 1) return;
  if (ERR_GET_REASON(ERR_peek_error()) == PEM_R_NO_START_LINE)
    refuse(file, "holds no certificate in PEM");
  refuse(file, "holds no certificate that can be used: " + reason());
}

void load_key(SSL_CTX* c, const server_tls& files) {
  const no_passphrase none(c);
  if (SSL_CTX_use_PrivateKey_file(c, files.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    if (none.asked())
      refuse(files.key_file,
             "the key is encrypted with a passphrase, and nobody is there "
             "to type it; accepted: a key without one");
    if (ERR_GET_REASON(ERR_peek_error()) == X509_R_KEY_VALUES_MISMATCH)
      refuse(files.key_file,
             fmt::format("is not the key of the certificate in {}", files.cert_file));
    refuse(files.key_file, "holds no private key in PEM that can be used");
  }
  if (SSL_CTX_check_private_key(c) != 1)
    refuse(files.key_file,
           fmt::format("is not the key of the certificate in {}", files.cert_file));
}

void load_client_ca(SSL_CTX* c, const std::string& file) {
  auto* names = SSL_load_client_CA_file(file.c_str());
  if (!names || SSL_CTX_load_verify_locations(c, file.c_str(), nullptr) != 1) {
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    refuse(file, "holds no certificate in PEM");
  }
  SSL_CTX_set_client_CA_list(c, names);
  // Whoever is in the file is believed, be it no root.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(c), X509_V_FLAG_PARTIAL_CHAIN);
  SSL_CTX_set_verify(c, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

/// ALPN (RFC 7301): who speaks HTTP/2 only is told so.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* size,
                    const unsigned char* offered, unsigned int n, void*) {
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, size, protocol, sizeof protocol, offered, n) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

std::string date(const ASN1_TIME* t) {
  std::tm at{};
  if (ASN1_TIME_to_tm(t, &at) != 1) return "an unknown time";
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} UTC", at.tm_year + 1900,
                     at.tm_mon + 1, at.tm_mday, at.tm_hour, at.tm_min);
}

}  // namespace

server_context make_server_context(const server_tls& files) {
  for (const auto* file : {&files.cert_file, &files.key_file}) must_be_readable(*file);
  if (!files.client_ca_file.empty()) must_be_readable(files.client_ca_file);
  ERR_clear_error();
  server_context c(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  if (!c) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(c.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(c.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_PRIORITIZE_CHACHA | SSL_OP_NO_COMPRESSION);
  if (SSL_CTX_set_cipher_list(c.get(), ciphers) != 1)
    throw std::runtime_error("TLS: OpenSSL has none of the ciphers " +
                             std::string(ciphers));
  // A record may be written in parts; one that is not of the request, such as a renewal
  // of keys, is the work of one turn.
  SSL_CTX_set_mode(c.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_clear_mode(c.get(), SSL_MODE_AUTO_RETRY);
  // Tickets are kept by the client; sessions kept here would be one more bound.
  SSL_CTX_set_session_cache_mode(c.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_session_id_context(c.get(), session_context, sizeof session_context - 1);
  SSL_CTX_set_alpn_select_cb(c.get(), choose_protocol, nullptr);
  load_certificate(c.get(), files.cert_file);
  load_key(c.get(), files);
  if (!files.client_ca_file.empty()) load_client_ca(c.get(), files.client_ca_file);
  return c;
}

std::string validity_problem(const server_tls& files, const server_context& c) {
  const auto* x = SSL_CTX_get0_certificate(c.get());
  const auto *from = X509_get0_notBefore(x), *to = X509_get0_notAfter(x);
  if (X509_cmp_current_time(to) < 0)
    return fmt::format("{}: the certificate has expired, on {}; clients refuse it",
                       files.cert_file, date(to));
  if (X509_cmp_current_time(from) > 0)
    return fmt::format("{}: the certificate is not valid before {}; clients refuse it",
                       files.cert_file, date(from));
  return {};
}

// -- server_certificate ---------------------------------------------------

server_certificate::server_certificate(const server_options& o, steady_time now)
    : files_(*o.tls), warn_(o.warn), inform_(o.inform), checked_(now) {
  stamps_ = stamps();  // before they are read: a change meanwhile is seen the next time
  context_ = make_server_context(files_);
  if (const auto problem = validity_problem(files_, context_); !problem.empty())
    warn_(problem);
}

std::vector<file_stamp> server_certificate::stamps() const {
  std::vector<file_stamp> all;
  for (const auto* file : {&files_.cert_file, &files_.key_file, &files_.client_ca_file})
    if (!file->empty()) all.push_back(stamp_of(*file));
  return all;
}

void server_certificate::look_after(steady_time now) {
  if (now - checked_ < bounds::tls_files_check) return;
  checked_ = now;
  auto seen = stamps();
  if (seen == stamps_) {
    if (const auto problem = std::exchange(doubt_, std::nullopt)) tell_of(*problem);
    return;
  }
  stamps_ = std::move(seen);
  doubt_ = read();
}

std::string server_certificate::reload(steady_time now) {
  checked_ = now;
  stamps_ = stamps();
  doubt_.reset();
  const auto problem = read();
  if (problem) tell_of(*problem);
  return problem.value_or("");
}

/// What is wrong, so that nothing has changed.
std::optional<std::string> server_certificate::read() {
  try {
    context_ = make_server_context(files_);
  } catch (const std::exception& wrong) {
    return wrong.what();
  }
  inform_(fmt::format(
      "{}: the certificate has been read again; valid until {}", files_.cert_file,
      date(X509_get0_notAfter(SSL_CTX_get0_certificate(context_.get())))));
  if (const auto problem = validity_problem(files_, context_); !problem.empty())
    warn_(problem);
  return {};
}

void server_certificate::tell_of(const std::string& problem) {
  warn_(problem + "; what was read before is kept");
}

}  // namespace scaleit::net
