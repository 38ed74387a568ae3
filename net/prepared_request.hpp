// What prepare() makes of a request: bytes that are ready to be sent, and the
// key of the connections they may be sent on.
#pragma once

#include "net/http.hpp"
#include "net/url.hpp"

#include <functional>
#include <memory>
#include <string>

namespace scaleit::net {

/// An origin's name, and what else its connections are shared by, with its hash, computed
/// once per request and not per poll.
struct origin_key {
  std::string text;
  std::size_t hash = 0;
  explicit origin_key(std::string t)
      : text(std::move(t)), hash(std::hash<std::string>{}(text)) {}
  bool operator==(const origin_key& o) const { return hash == o.hash && text == o.text; }
};

struct origin_key_hash {
  std::size_t operator()(const origin_key& k) const noexcept { return k.hash; }
};

class prepared_request {
 public:
  explicit prepared_request(const http_request& r);

  const http_request& source() const { return source_; }
  const parsed_url& url() const { return url_; }
  const origin_key& origin() const { return origin_; }
  const std::string& wire() const { return wire_; }

 private:
  http_request source_;  ///< kept for redirects, which need it once more
  parsed_url url_;
  origin_key origin_;
  std::string wire_;
};

/// `r` as it is sent on to `location` (RFC 9110, section 15.4): to another origin
/// without the configured headers and certificate, which are credentials. Throws
/// std::invalid_argument when the location is not one, or leads from https to http.
prepared_ptr redirected(const prepared_request& r, const std::string& location);

}  // namespace scaleit::net
