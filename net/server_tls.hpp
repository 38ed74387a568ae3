// The certificate that a server shows, and whose clients it serves.
//
// The files are replaced while the server runs. They are read again when they have
// changed; connections that are open keep what they began with, and files that cannot
// be used change nothing.
#pragma once

#include "messages/file_stamp.hpp"
#include "messages/time.hpp"
#include "net/server.hpp"

#include <openssl/ssl.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace scaleit::net {

using server_context = std::shared_ptr<SSL_CTX>;

/// Throws std::runtime_error with a sentence that names the file.
server_context make_server_context(const server_tls& files);

/// A sentence if the time for which the certificate is valid is over, or not yet come.
std::string validity_problem(const server_tls& files, const server_context& c);

class server_certificate {
 public:
  /// Throws as make_server_context() does.
  server_certificate(const server_options& o, steady_time now);

  SSL_CTX& context() const { return *context_; }
  /// Looks after the files when that is due.
  void look_after(steady_time now);
  /// Something is wrong that has not been told: two files are not replaced at once, and
  /// the other one may be on its way.
  bool in_doubt() const { return doubt_.has_value(); }
  /// Reads the files now. What is wrong with them, or nothing.
  std::string reload(steady_time now);

 private:
  std::vector<file_stamp> stamps() const;
  std::optional<std::string> read();
  void tell_of(const std::string& problem);

  server_tls files_;
  std::function<void(const std::string&)> warn_, inform_;
  server_context context_;
  std::vector<file_stamp> stamps_;
  steady_time checked_;
  std::optional<std::string> doubt_;
};

}  // namespace scaleit::net
