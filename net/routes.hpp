// Which of a server's resources a request is for, and what the server says by itself
// when it is for none: 404, 405, 400, 413 and 415 as problem details (RFC 9457), and
// the answer to OPTIONS.
//
// Pure: no sockets, no handlers. router.hpp puts handlers to it.
#pragma once

#include "net/percent.hpp"
#include "net/server.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace scaleit::net {

struct route_options {
  /// The media types of a body, such as "application/json"; empty: any. A request
  /// without Content-Type is taken to send the first.
  std::vector<std::string> takes = {};
  std::size_t body_bytes_max =
      bounds::request_body_bytes_max;  ///< the server's holds too
};

/// What stands in the places that a pattern leaves open, and in the query; decoded.
struct route_match {
  std::size_t route = 0;  ///< as add() numbered it
  std::vector<parameter> segments;
  std::vector<parameter> query;

  /// What stands in the place of the pattern's `{name}`.
  const std::string& segment(std::string_view name) const;
  /// The first parameter of that name in the query.
  std::optional<std::string_view> parameter_named(std::string_view name) const;
};

class routes {
 public:
  /// `pattern`: "/targets/{name}/pause"; a `{name}` stands for one segment that is not
  /// empty. Where several patterns fit, the one with the earlier fixed segment is
  /// meant. Returns the route's number, from 0. Throws std::invalid_argument.
  std::size_t add(std::string method, std::string_view pattern, route_options o = {});

  /// The detail of a 404.
  void otherwise(std::string hint) { hint_ = std::move(hint); }

  /// The route, or the answer.
  std::variant<route_match, server_response> find(const server_request& r) const;

 private:
  struct segment {
    std::string text;  // fixed, or the name
    bool open = false;
    bool operator==(const segment&) const = default;
  };
  struct route {
    std::string method;
    std::size_t number;
    route_options options;
  };
  struct resource {
    std::vector<segment> segments;
    std::vector<route> routes;
  };

  static std::vector<segment> parse(std::string_view pattern);
  static bool fits(const resource& r, const std::vector<std::string>& path);
  static bool before(const resource& a, const resource& b);
  const resource* resource_at(const std::vector<std::string>& path) const;
  static const route* route_for(const resource& r, std::string_view method);
  static std::string allowed(const resource& r);

  std::vector<resource> resources_;  // the more special ones first
  std::size_t count_ = 0;
  std::string hint_ = "there is nothing at this path";
};

}  // namespace scaleit::net
