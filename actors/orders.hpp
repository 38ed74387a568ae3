// What the supervisor is asked to do, and what became of it.
//
// Orders wait here and not in a mailbox, so that a crash of the supervisor loses none of
// them. Any thread may give one; the supervisor takes them one after the other.
#pragma once

#include "messages/target_spec.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::actors {

enum class outcome : std::uint8_t {
  added,
  changed,
  unchanged,  ///< the target is just so already
  removed,
  unknown,  ///< there is no target to remove
  refused,
};
inline constexpr std::size_t outcomes = static_cast<std::size_t>(outcome::refused) + 1;
std::string_view to_string(outcome o);

struct answer {
  outcome what;
  std::string why{};  ///< of a refusal: a sentence
};
/// Called exactly once, on the loop's thread; by the caller's if it is refused at once.
/// It must not throw.
using answer_handler = std::function<void(const answer&)>;

struct order {
  std::string name;
  target_ptr spec;  ///< what the target is to be; null: gone
  answer_handler done;
  std::string by{};  ///< who asks, for the event
};

struct stop_order {
  std::string reason;
  std::function<void()> done;
};

class order_queue {
 public:
  // -- any thread ---------------------------------------------------------
  /// False if it is refused at once, and answered.
  bool give(order o);
  /// Comes before all other orders. Of several the first reason counts. Once all has
  /// stopped, the caller is answered at once, on its own thread.
  void give_stop(stop_order s);

  // -- the loop -----------------------------------------------------------
  std::optional<order> take();
  /// Before those that wait, in their order.
  void put_back(std::list<order> first);
  /// One that was taken has its answer.
  void answered();
  /// Set once a stop was ordered.
  std::optional<std::string> stop_reason() const;
  /// Refuses what comes from now on; answers what waits.
  std::deque<order> close(std::string why);
  /// All has stopped: those who asked for it, to be called.
  std::vector<std::function<void()>> take_stopped();
  void reopen();

 private:
  mutable std::mutex mutex_;
  std::deque<order> waiting_;
  std::size_t open_ = 0;  ///< not yet answered, waiting or taken
  std::optional<std::string> stop_reason_;
  std::vector<std::function<void()>> stopped_;
  std::optional<std::string> closed_;  ///< why
  bool ended_ = false;                 ///< all has stopped
};

}  // namespace scaleit::actors
