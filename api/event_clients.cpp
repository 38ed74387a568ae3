#include "api/event_clients.hpp"

#include "messages/bounds.hpp"
#include "record/event_json.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace scaleit::api {

namespace {

constexpr std::size_t batch_events = 256;  // then others on this thread get their turn

net::server_response head() {
  return {200,
          "text/event-stream",
          {},
          {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}}};
}

}  // namespace

bool event_filter::takes(const event& e) const {
  if (!kinds.empty() && !kinds.contains(e.kind())) return false;
  return targets.empty() || (e.target && targets.contains(e.target->name));
}

struct event_clients::client {
  event_filter filter;
  std::uint64_t last = 0;    ///< what it has had, or did not want
  std::uint64_t newest = 0;  ///< when it came: then it hears that it has caught up
  net::stream_writer out{};
  bool full = false;  ///< the last piece was not taken
  bool caught_up = false;
};

event_clients::event_clients(net::event_loop& loop, std::shared_ptr<event_ring> events,
                             std::size_t clients_max)
    : loop_(loop),
      events_(std::move(events)),
      clients_max_(clients_max),
      next_comment_(loop.io()) {
  comment();
}

event_clients::~event_clients() = default;

void event_clients::add(net::responder to, event_filter filter,
                        std::optional<std::uint64_t> last) {
  const auto newest = events_->last();
  clients_.push_back({std::move(filter), last.value_or(newest), newest});
  const auto at = std::prev(clients_.end());
  const std::weak_ptr<bool> alive = alive_;
  net::stream_options o;
  o.on_close = [this, alive, at](net::stream_end) {
    if (alive.lock()) clients_.erase(at);
  };
  o.on_room = [this, alive, at] {
    if (!alive.lock()) return;
    at->full = false;
    pump();
  };
  at->out = to.stream(head(), std::move(o));
  if (!at->out.open()) {  // a HEAD, or nobody any more
    clients_.erase(at);
    return;
  }
  if (last && *last > newest) {
    at->out.write(fmt::format(": this daemon began anew, at event {}\n\n", newest));
    at->last = 0;
  } else {
    at->out.write(": following\n\n");
  }
  net::asio::post(loop_.io(), [this, alive] {
    if (alive.lock()) pump();
  });
}

/// Waits for an event that one of those who have room has not had. The others call by
/// themselves, in on_room().
void event_clients::listen() {
  std::optional<std::uint64_t> last;
  for (const auto& c : clients_)
    if (!c.full) last = std::min(last.value_or(c.last), c.last);
  if (!last || std::exchange(listening_, true)) return;
  const std::weak_ptr<bool> alive = alive_;
  events_->wake_after(*last, [this, alive, &io = loop_.io()] {
    net::asio::post(io, [this, alive] {
      if (!alive.lock()) return;
      listening_ = false;
      pump();
    });
  });
}

void event_clients::cut() {
  for (auto& c : clients_) c.out.cut();
  clients_.clear();
}

void event_clients::pump() {
  bool more = false;
  for (auto& c : clients_)
    if (!c.full) more = serve(c) || more;
  if (!more) return listen();
  const std::weak_ptr<bool> alive = alive_;
  net::asio::post(loop_.io(), [this, alive] {
    if (alive.lock()) pump();
  });
}

bool event_clients::serve(client& c) {
  // Clients that keep up read the same events at the same time.
  const auto& known = batch_.events;
  if (known.empty() || known.front()->sequence != c.last + 1) {
    batch_.events = events_->after(c.last, batch_events);
    batch_.texts.assign(batch_.events.size(), {});
  }
  for (std::size_t i = 0; i < batch_.events.size(); ++i) {
    const auto& e = *batch_.events[i];
    std::string piece;
    if (e.sequence > c.last + 1)
      piece = fmt::format(": missed {} events\n\n", e.sequence - c.last - 1);
    if (c.filter.takes(e)) piece += text_of(i);
    if (!piece.empty() && c.out.write(piece) != net::stream_writer::outcome::taken) {
      c.full = true;  // until on_room() or on_close()
      return false;
    }
    c.last = e.sequence;
  }
  if (!c.caught_up && c.last >= c.newest) {
    c.full = c.out.write(": caught up\n\n") != net::stream_writer::outcome::taken;
    c.caught_up = !c.full;
  }
  return !c.full && c.last < events_->last();
}

const std::string& event_clients::text_of(std::size_t at) {
  auto& text = batch_.texts[at];
  if (text.empty()) {
    const auto& e = *batch_.events[at];
    text = fmt::format("id: {}\ndata: ", e.sequence);
    record::append_json(text, e);
    text += "\n\n";
    if (text.size() > bounds::stream_buffer_bytes_max / 2)
      text = fmt::format(": missed event {}, which is too large\n\n", e.sequence);
  }
  return text;
}

/// Both ends, and what is between them, see that the other is there.
void event_clients::comment() {
  next_comment_.expires_after(bounds::api_comment_interval);
  next_comment_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    for (auto& c : clients_)
      if (!c.full) c.out.write(": nothing new\n\n");
    comment();
  });
}

}  // namespace scaleit::api
