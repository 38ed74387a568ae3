#include "net/router.hpp"

#include <utility>

namespace scaleit::net {

router& router::on(std::string method, std::string_view pattern, handler h,
                   route_options o) {
  routes_.add(std::move(method), pattern, std::move(o));
  handlers_.push_back(std::move(h));
  return *this;
}

router& router::otherwise(std::string hint) {
  routes_.otherwise(std::move(hint));
  return *this;
}

void router::operator()(server_request&& r, responder answer) const {
  auto found = routes_.find(r);
  if (auto* refusal = std::get_if<server_response>(&found))
    return answer.send(std::move(*refusal));
  auto& match = std::get<route_match>(found);
  const auto number = match.route;
  handlers_[number]({std::move(r), std::move(match)}, std::move(answer));
}

}  // namespace scaleit::net
