#include "actors/orders.hpp"

#include "messages/bounds.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <utility>

namespace scaleit::actors {

std::string_view to_string(outcome o) {
  constexpr std::array<std::string_view, outcomes> names{
      "added", "changed", "unchanged", "removed", "unknown", "refused"};
  return names[static_cast<std::size_t>(o)];
}

bool order_queue::give(order o) {
  std::string why;
  {
    const std::lock_guard lock{mutex_};
    if (closed_) {
      why = *closed_;
    } else if (open_ >= bounds::orders_max) {
      why = fmt::format("{} orders are waiting already, and that is the most",
                        bounds::orders_max);
    } else {
      waiting_.push_back(std::move(o));
      ++open_;
      return true;
    }
  }
  if (o.done) o.done({outcome::refused, std::move(why)});
  return false;
}

void order_queue::give_stop(stop_order s) {
  {
    const std::lock_guard lock{mutex_};
    if (!stop_reason_) stop_reason_ = s.reason.empty() ? "stopped" : std::move(s.reason);
    if (!ended_) {
      if (s.done) stopped_.push_back(std::move(s.done));
      return;
    }
  }
  if (s.done) s.done();
}

std::optional<order> order_queue::take() {
  const std::lock_guard lock{mutex_};
  if (waiting_.empty()) return {};
  std::optional<order> first{std::move(waiting_.front())};
  waiting_.pop_front();
  return first;
}

void order_queue::put_back(std::list<order> first) {
  const std::lock_guard lock{mutex_};
  waiting_.insert(waiting_.begin(), std::make_move_iterator(first.begin()),
                  std::make_move_iterator(first.end()));
}

void order_queue::answered() {
  const std::lock_guard lock{mutex_};
  --open_;
}

std::optional<std::string> order_queue::stop_reason() const {
  const std::lock_guard lock{mutex_};
  return stop_reason_;
}

std::deque<order> order_queue::close(std::string why) {
  const std::lock_guard lock{mutex_};
  closed_ = std::move(why);
  return std::exchange(waiting_, {});
}

std::vector<std::function<void()>> order_queue::take_stopped() {
  const std::lock_guard lock{mutex_};
  ended_ = true;
  return std::exchange(stopped_, {});
}

void order_queue::reopen() {
  const std::lock_guard lock{mutex_};
  stop_reason_.reset();
  closed_.reset();
  ended_ = false;
}

}  // namespace scaleit::actors
