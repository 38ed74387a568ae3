#include "spec/listen.hpp"

#include "messages/text.hpp"
#include "spec/input_error.hpp"

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include <charconv>

namespace scaleit::spec {

std::string listen_address::text() const {
  return address.find(':') == std::string::npos ? fmt::format("{}:{}", address, port)
                                                : fmt::format("[{}]:{}", address, port);
}

bool listen_address::is_loopback() const {
  boost::system::error_code bad;
  return boost::asio::ip::make_address(address, bad).is_loopback() && !bad;
}

listen_address parse_listen(std::string_view what, std::string_view text) {
  const auto fail = [&] {
    throw input_error{
        fmt::format("{}='{}' is not valid; accepted: ADDR:PORT, such as 0.0.0.0:8000, "
                    "127.0.0.1:0 or [::]:8000",
                    what, printable(text, 80))};
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) fail();
  auto host = text.substr(0, colon);
  const auto digits = text.substr(colon + 1);
  listen_address out;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), out.port);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size())
    fail();
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    fail();  // an IPv6 literal without brackets: which colon is the port's?
  }
  if (host.empty()) host = "0.0.0.0";
  if (host == "localhost") host = "127.0.0.1";
  boost::system::error_code bad;
  boost::asio::ip::make_address(std::string{host}, bad);
  if (bad) fail();
  out.address = host;
  return out;
}

}  // namespace scaleit::spec
