#include "api/failed_logins.hpp"

#include "messages/bounds.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>

namespace scaleit::api {

namespace ip = boost::asio::ip;

std::string login_origin(std::string_view remote) {
  boost::system::error_code bad;
  auto address = ip::make_address(std::string{remote}, bad);
  if (bad) return "local";
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    address = ip::make_address_v4(ip::v4_mapped, address.to_v6());
  if (address.is_v4()) return address.to_string();
  auto bytes = address.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  return ip::address_v6{bytes}.to_string() + "/64";
}

std::optional<std::chrono::seconds> failed_logins::locked(const std::string& origin,
                                                          steady_time now) const {
  const auto known = by_origin_.find(origin);
  if (known == by_origin_.end()) return {};
  const auto& e = *known->second;
  const auto until = e.since + bounds::api_logins_period;
  if (e.failures < bounds::api_logins_failed_max || now >= until) return {};
  return std::chrono::ceil<std::chrono::seconds>(until - now);
}

int failed_logins::add(const std::string& origin, steady_time now) {
  make_room(now);
  if (const auto known = by_origin_.find(origin); known != by_origin_.end())
    return ++known->second->failures;
  entries_.push_back({origin, now, 1});
  by_origin_.emplace(origin, std::prev(entries_.end()));
  return 1;
}

void failed_logins::make_room(steady_time now) {
  while (!entries_.empty() &&
         (now >= entries_.front().since + bounds::api_logins_period ||
          entries_.size() >= bounds::api_addresses_max)) {
    by_origin_.erase(entries_.front().origin);
    entries_.pop_front();
  }
}

}  // namespace scaleit::api
