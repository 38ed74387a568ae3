// Requests that the control loop is asked about: the question goes there, the answer
// comes back to the API's thread and is put into words here.
//
// Bounded in number and in time: a control loop that is stuck answers 503, and is asked
// no more than so often.
#pragma once

#include "messages/bounds.hpp"
#include "net/event_loop.hpp"
#include "net/server.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace scaleit::api {

class loop_calls {
 public:
  /// Makes the answer, on the API's thread.
  using wording = std::function<net::server_response()>;

  /// The way back. Copyable, from any thread, at most once; what comes too late, or after
  /// all has ended, is dropped.
  class reply {
   public:
    void operator()(wording w) const;

   private:
    friend class loop_calls;
    reply(loop_calls* to, std::uint64_t number)
        : to_(to), alive_(to->alive_), number_(number) {}
    loop_calls* to_;
    std::weak_ptr<bool> alive_;  ///< at the end, when there is one thread, it may be gone
    std::uint64_t number_;
  };

  /// Both loops outlive it.
  loop_calls(net::event_loop& here, net::event_loop& control);

  // -- on the API's thread ------------------------------------------------
  /// The way back to who asks; none: too many wait already, which is answered.
  std::optional<reply> open(net::responder r,
                            std::chrono::seconds patience = bounds::api_loop_patience);
  /// The same, and `question` is called on the control loop.
  void ask(net::responder r, std::function<void(reply)> question);

  // -- any thread ---------------------------------------------------------
  void on_control_loop(std::function<void()> what);

 private:
  struct call {
    net::responder to;
    std::chrono::steady_clock::time_point until;
  };
  void settle(std::uint64_t number, const wording& w);
  void watch();
  void give_up(std::chrono::steady_clock::time_point now);

  net::event_loop& here_;
  net::event_loop& control_;
  net::asio::steady_timer next_look_;
  bool watching_ = false;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::map<std::uint64_t, call> open_;  ///< by number
  std::uint64_t last_ = 0;
};

}  // namespace scaleit::api
