// A request whose headers may hold references to secrets: ready to be sent with what
// they stand for now.
#pragma once

#include "net/http.hpp"
#include "net/prepared_request.hpp"
#include "spec/secret_store.hpp"

#include <memory>
#include <utility>

namespace scaleit::actors {

class credentialed_request {
 public:
  /// Throws std::invalid_argument when it cannot be sent.
  credentialed_request(net::http_request r, spec::secret_store& secrets,
                       steady_time now) {
    if (spec::hold_references(r.headers)) {
      headers_ = std::make_unique<spec::secret_headers>(r.headers, secrets);
      headers_->refresh(now);
      r.headers = headers_->values();
    }
    prepared_ = net::prepare(r);
  }

  /// Prepared again only when a secret is another.
  const net::prepared_ptr& at(steady_time now) {
    if (headers_ && headers_->refresh(now)) {
      auto r = prepared_->source();
      r.headers = headers_->values();
      prepared_ = net::prepare(r);
    }
    return prepared_;
  }
  /// As it was last sent.
  const net::prepared_ptr& last() const { return prepared_; }

  /// After a 401 its secrets are read again before it is sent the next time.
  void answered(const http_response& a) {
    if (a.status == 401 && headers_) headers_->refused();
  }

 private:
  std::unique_ptr<spec::secret_headers> headers_;  ///< null: no references
  net::prepared_ptr prepared_;
};

}  // namespace scaleit::actors
