// Certificates and files of a server that speaks TLS.
#pragma once

#include "tests/net/raw_client.hpp"

#include <mutex>
#include <string>
#include <vector>

namespace scaleit::test {

inline const identity& test_ca() {
  static const auto ca = make_ca("test CA");
  return ca;
}

struct tls_files {
  temporary_file ca{test_ca().certificate};
  temporary_file cert{""}, key{""};
  std::mutex mutex;
  std::vector<std::string> warnings, news;

  explicit tls_files(const identity& i = issue(test_ca(), {"IP:127.0.0.1"})) { put(i); }

  void put(const identity& i) {
    cert.replace(i.certificate);
    key.replace(i.key);
  }
  net::server_options options(net::server_options o = {}) {
    o.tls = net::server_tls{cert.path(), key.path()};
    o.warn = [this](const std::string& s) { note(warnings, s); };
    o.inform = [this](const std::string& s) { note(news, s); };
    return o;
  }
  net::server_options mutual(net::server_options o = {}) {
    o = options(std::move(o));
    o.tls->client_ca_file = ca.path();
    return o;
  }
  std::size_t count(const std::vector<std::string>& of) {
    const std::lock_guard lock(mutex);
    return of.size();
  }

 private:
  void note(std::vector<std::string>& to, const std::string& s) {
    const std::lock_guard lock(mutex);
    to.push_back(s);
  }
};

}  // namespace scaleit::test
