#include "net/reason_phrase.hpp"

#include <boost/beast/http/status.hpp>

#include <ostream>  // status.hpp takes it for granted

namespace scaleit::net {

namespace http = boost::beast::http;

std::string_view reason_phrase(int status) {
  const auto known = http::int_to_status(static_cast<unsigned>(status));
  if (known == http::status::unknown) return {};
  const auto words = http::obsolete_reason(known);
  return {words.data(), words.size()};
}

}  // namespace scaleit::net
