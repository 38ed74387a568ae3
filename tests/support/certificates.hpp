// Certificates made on the spot, so that no test depends on a file that expires.
#pragma once

#include <string>
#include <vector>

namespace scaleit::test {

/// PEM of a certificate and of its private key.
struct identity {
  std::string certificate;
  std::string key;
};

identity make_ca(const std::string& name);

/// A server's certificate, valid now. `names` as OpenSSL's subjectAltName takes them:
/// "DNS:localhost", "IP:127.0.0.1".
identity issue(const identity& ca, const std::vector<std::string>& names,
               long valid_for_seconds = 3600, const std::string& common_name = "server");

/// A file with `text` that goes away with this object.
class temporary_file {
 public:
  explicit temporary_file(const std::string& text);
  ~temporary_file();
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  const std::string& path() const { return path_; }
  /// Puts another file in its place.
  void replace(const std::string& text);

 private:
  std::string path_;
};

}  // namespace scaleit::test
