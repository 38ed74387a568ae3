// Wrong tokens, counted by where they come from, so that trying them all takes for ever.
//
// Bounded: who has many addresses makes the oldest of them forgotten, which gives him no
// more than another address would.
#pragma once

#include "messages/time.hpp"

#include <chrono>
#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace scaleit::api {

/// What counts as one: an IPv4 address, also in an IPv6 one, or the /64 of an IPv6
/// address, as all of that is one client's. `local` for what is no address.
std::string login_origin(std::string_view remote);

class failed_logins {
 public:
  /// How long until more are answered; none: they are. Whole seconds, at least one.
  std::optional<std::chrono::seconds> locked(const std::string& origin,
                                             steady_time now) const;
  /// Counts one, and says how many there were in the period that began with the first.
  int add(const std::string& origin, steady_time now);
  /// How many origins are remembered.
  std::size_t size() const { return by_origin_.size(); }

 private:
  struct entry {
    std::string origin;
    steady_time since;
    int failures = 0;
  };
  void make_room(steady_time now);

  std::list<entry> entries_;  // those that began first are in front
  std::unordered_map<std::string, std::list<entry>::iterator> by_origin_;
};

}  // namespace scaleit::api
