// Who follows events as they happen: Server-Sent Events (WHATWG HTML, 9.2).
//
// `id:` is the event's id and `data:` its CloudEvent. What a client has missed, since it
// was away for too long or reads too slowly, it is told in a comment. On the API's
// thread.
#pragma once

#include "api/event_ring.hpp"
#include "net/event_loop.hpp"
#include "net/server.hpp"

#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::api {

/// What a client wants to hear; empty: of all.
struct event_filter {
  std::set<std::string, std::less<>> targets;
  std::set<std::size_t> kinds;
  bool takes(const event& e) const;
};

class event_clients {
 public:
  event_clients(net::event_loop& loop, std::shared_ptr<event_ring> events,
                std::size_t clients_max);
  /// The streams end when their server does.
  ~event_clients();
  event_clients(const event_clients&) = delete;
  event_clients& operator=(const event_clients&) = delete;

  bool full() const { return clients_.size() >= clients_max_; }
  /// Begins with the event after `last`; without it with the next that happens.
  void add(net::responder to, event_filter filter, std::optional<std::uint64_t> last);
  /// Ends them all; who wants to go on comes again, after the last event he has had.
  void cut();
  std::size_t size() const { return clients_.size(); }

 private:
  struct client;
  using place = std::list<client>::iterator;
  /// The events that were read last, and their text as far as somebody needed it.
  struct batch {
    std::vector<event_ptr> events;
    std::vector<std::string> texts;
  };

  void listen();
  void pump();
  /// False: it has had all that there is, or has no room for more.
  bool serve(client& c);
  const std::string& text_of(std::size_t at);
  void comment();

  net::event_loop& loop_;
  const std::shared_ptr<event_ring> events_;
  const std::size_t clients_max_;
  net::asio::steady_timer next_comment_;
  std::list<client> clients_;
  batch batch_;
  bool listening_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>();  ///< for callbacks
};

}  // namespace scaleit::api
