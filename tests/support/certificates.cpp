#include "tests/support/certificates.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <unistd.h>

namespace scaleit::test {

namespace {

using key_ptr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using x509_ptr = std::unique_ptr<X509, decltype(&X509_free)>;
using bio_ptr = std::unique_ptr<BIO, decltype(&BIO_free)>;

std::string text_of(BIO* b) {
  char* data = nullptr;
  const auto n = BIO_get_mem_data(b, &data);
  return {data, static_cast<std::size_t>(n)};
}

std::string pem(X509* x) {
  const bio_ptr b{BIO_new(BIO_s_mem()), &BIO_free};
  PEM_write_bio_X509(b.get(), x);
  return text_of(b.get());
}

std::string pem(EVP_PKEY* k) {
  const bio_ptr b{BIO_new(BIO_s_mem()), &BIO_free};
  PEM_write_bio_PrivateKey(b.get(), k, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(b.get());
}

void extend(X509* x, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX c;
  X509V3_set_ctx(&c, issuer, x, nullptr, nullptr, 0);
  auto* e = X509V3_EXT_conf_nid(nullptr, &c, nid, value.c_str());
  if (!e) throw std::runtime_error("cannot make the extension " + value);
  X509_add_ext(x, e, -1);
  X509_EXTENSION_free(e);
}

x509_ptr blank(EVP_PKEY* key, const std::string& name, long valid_for_seconds) {
  static long serial = 0;
  x509_ptr x{X509_new(), &X509_free};
  X509_set_version(x.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(x.get()), -7200);
  X509_gmtime_adj(X509_getm_notAfter(x.get()), valid_for_seconds);
  X509_set_pubkey(x.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                             0);
  return x;
}

}  // namespace

identity make_ca(const std::string& name) {
  const key_ptr key{EVP_EC_gen("P-256"), &EVP_PKEY_free};
  const auto x = blank(key.get(), name, 3600);
  X509_set_issuer_name(x.get(), X509_get_subject_name(x.get()));
  extend(x.get(), x.get(), NID_basic_constraints, "critical,CA:TRUE");
  extend(x.get(), x.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  X509_sign(x.get(), key.get(), EVP_sha256());
  return {pem(x.get()), pem(key.get())};
}

identity issue(const identity& ca, const std::vector<std::string>& names,
               long valid_for_seconds, const std::string& common_name) {
  const bio_ptr cb{BIO_new_mem_buf(ca.certificate.data(), -1), &BIO_free};
  const x509_ptr issuer{PEM_read_bio_X509(cb.get(), nullptr, nullptr, nullptr),
                        &X509_free};
  const bio_ptr kb{BIO_new_mem_buf(ca.key.data(), -1), &BIO_free};
  const key_ptr issuer_key{PEM_read_bio_PrivateKey(kb.get(), nullptr, nullptr, nullptr),
                           &EVP_PKEY_free};
  const key_ptr key{EVP_EC_gen("P-256"), &EVP_PKEY_free};
  const auto x = blank(key.get(), common_name, valid_for_seconds);
  X509_set_issuer_name(x.get(), X509_get_subject_name(issuer.get()));
  std::string all;
  for (const auto& n : names) all += (all.empty() ? "" : ",") + n;
  if (!all.empty()) extend(x.get(), issuer.get(), NID_subject_alt_name, all);
  X509_sign(x.get(), issuer_key.get(), EVP_sha256());
  return {pem(x.get()), pem(key.get())};
}

temporary_file::temporary_file(const std::string& text) {
  std::string name = "scaleit-test-" + std::string(6, 'X');
  if (const char* dir = ::getenv("TMPDIR"); dir && *dir)
    name = std::string{dir} + "/" + name;
  else
    name = "/tmp/" + name;
  const int fd = ::mkstemp(name.data());
  if (fd < 0) throw std::runtime_error("cannot create " + name);
  path_ = name;
  const auto n = ::write(fd, text.data(), text.size());
  ::close(fd);
  if (n != static_cast<ssize_t>(text.size()))
    throw std::runtime_error("cannot write " + name);
}

void temporary_file::replace(const std::string& text) {
  const temporary_file other{text};
  if (::rename(other.path_.c_str(), path_.c_str()) != 0)
    throw std::runtime_error("cannot replace " + path_);
}

temporary_file::~temporary_file() { ::unlink(path_.c_str()); }

}  // namespace scaleit::test
