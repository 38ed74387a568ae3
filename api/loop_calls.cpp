#include "api/loop_calls.hpp"

#include "messages/bounds.hpp"
#include "net/problem.hpp"

#include <boost/asio/post.hpp>

#include <utility>
#include <vector>

namespace scaleit::api {

loop_calls::loop_calls(net::event_loop& here, net::event_loop& control)
    : here_(here), control_(control), next_look_(here.io()) {}

void loop_calls::reply::operator()(wording w) const {
  if (alive_.expired()) return;
  net::asio::post(to_->here_.io(), [to = to_, number = number_, w = std::move(w)] {
    to->settle(number, w);
  });
}

std::optional<loop_calls::reply> loop_calls::open(net::responder r,
                                                  std::chrono::seconds patience) {
  if (open_.size() >= bounds::api_waiting_max) {
    auto refusal = net::problem(503, "too many requests wait for the control loop");
    refusal.headers.push_back({"Retry-After", "1"});
    r.send(std::move(refusal));
    return {};
  }
  const auto number = ++last_;
  open_.emplace(number, call{std::move(r), std::chrono::steady_clock::now() + patience});
  watch();
  return reply{this, number};
}

void loop_calls::on_control_loop(std::function<void()> what) {
  net::asio::post(control_.io(), std::move(what));
}

void loop_calls::ask(net::responder r, std::function<void(reply)> question) {
  if (const auto answer = open(std::move(r)))
    on_control_loop(
        [question = std::move(question), answer = *answer] { question(answer); });
}

void loop_calls::settle(std::uint64_t number, const wording& w) {
  const auto at = open_.find(number);
  if (at == open_.end()) return;
  auto to = std::move(at->second.to);
  open_.erase(at);
  to.send(w());
}

/// A look now and then is enough: nothing hangs on the very moment.
void loop_calls::watch() {
  constexpr std::chrono::milliseconds look_interval{250};
  if (open_.empty() || std::exchange(watching_, true)) return;
  next_look_.expires_after(look_interval);
  next_look_.async_wait([this](const boost::system::error_code& error) {
    watching_ = false;
    if (error) return;
    give_up(std::chrono::steady_clock::now());
    watch();
  });
}

void loop_calls::give_up(std::chrono::steady_clock::time_point now) {
  std::vector<std::uint64_t> late;
  for (const auto& [number, waiting] : open_)
    if (waiting.until <= now) late.push_back(number);
  for (const auto number : late)
    settle(number, [] {
      return net::problem(503, "no answer yet; it may still be carried out");
    });
}

}  // namespace scaleit::api
