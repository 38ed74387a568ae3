// The TLS contexts in use, by the files they were made of.
//
// Files of certificates are replaced while the daemon runs, every few weeks or
// every hour. A context is made anew when a file of it has changed; connections
// that are open keep theirs.
#pragma once

#include "messages/file_stamp.hpp"
#include "messages/time.hpp"
#include "net/http.hpp"

#include <boost/asio/ssl/context.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

namespace scaleit::net {

class tls_contexts {
 public:
  using context_ptr = std::shared_ptr<boost::asio::ssl::context>;

  /// `warn` is told when a file has changed and cannot be read: the old one is kept.
  explicit tls_contexts(std::function<void(const std::string&)> warn)
      : warn_(std::move(warn)) {}

  /// Looks after the files when that is due. Throws std::runtime_error with a sentence
  /// when they could not be read even once.
  context_ptr get(const tls_settings& files, steady_time now);

  /// To be called when a peer's certificate was not accepted: true when that was before a
  /// change of the files, so that it is worth another try.
  bool renew(const tls_settings& files, steady_time now);

 private:
  struct entry {
    context_ptr context;
    std::vector<file_stamp> stamps;
    steady_time checked;
  };

  static std::vector<file_stamp> stamps_of(const tls_settings& files);
  bool look_after(entry& e, const tls_settings& files, steady_time now);

  std::function<void(const std::string&)> warn_;
  std::map<std::tuple<std::string, std::string, std::string>, entry> entries_;
};

}  // namespace scaleit::net
