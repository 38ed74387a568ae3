// Shares a server's requests among handlers, by method and path; answers by itself
// what is for none of them (see routes.hpp).
#pragma once

#include "net/routes.hpp"
#include "net/server.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::net {

/// A request that a handler was found for.
struct routed_request : server_request {
  route_match match;
};

class router {
 public:
  using handler = std::function<void(routed_request&&, responder)>;

  /// See routes::add().
  router& on(std::string method, std::string_view pattern, handler h,
             route_options o = {});
  router& otherwise(std::string hint);

  /// A handler for http_server.
  void operator()(server_request&& r, responder answer) const;

 private:
  routes routes_;
  std::vector<handler> handlers_;  // by the route's number
};

}  // namespace scaleit::net
