#include "telemetry/scrapes.hpp"

#include "messages/bounds.hpp"
#include "telemetry/exposition.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace scaleit::telemetry {

namespace {

constexpr auto piece_bytes = bounds::scrape_piece_bytes;
static_assert(piece_bytes <= bounds::stream_buffer_bytes_max / 2,
              "a piece must fit when there is word of room");

/// An answer on its way, for as long as the loop or the stream holds on to it.
class long_answer : public std::enable_shared_from_this<long_answer> {
 public:
  long_answer(net::event_loop& loop, exposer rest, std::string begin)
      : loop_(loop), rest_(std::move(rest)), text_(std::move(begin)), unsent_(text_) {}

  void start(net::responder to, net::server_response head) {
    net::stream_options o;
    o.finite = true;
    o.on_room = [self = shared_from_this()] { self->go_on(); };
    out_ = to.stream(std::move(head), std::move(o));
    go_on();
  }

 private:
  void go_on() {
    using outcome = net::stream_writer::outcome;
    while (!unsent_.empty()) {
      const auto piece = unsent_.substr(0, piece_bytes);
      if (out_.write(piece) != outcome::taken) return;  // room is told of, if ever
      unsent_.remove_prefix(piece.size());
    }
    if (rest_.done()) return out_.end();
    net::asio::post(loop_.io(), [self = shared_from_this()] {
      self->text_.clear();
      self->rest_.append(self->text_, piece_bytes);
      self->unsent_ = self->text_;
      self->go_on();
    });
  }

  net::event_loop& loop_;
  exposer rest_;
  std::string text_;
  std::string_view unsent_;
  net::stream_writer out_;
};

}  // namespace

void scrapes::answer(std::string_view accept, net::responder to) {
  process_.sample(all_);
  const auto format = negotiate_exposition(accept);
  net::server_response r{.status = 200,
                         .content_type = std::string(content_type(format)),
                         .body = {},
                         .headers = {{"Vary", "Accept"}}};
  exposer text{all_, format};
  text.append(r.body, piece_bytes);
  if (text.done()) return to.send(std::move(r));
  auto begin = std::exchange(r.body, {});
  std::make_shared<long_answer>(loop_, std::move(text), std::move(begin))
      ->start(std::move(to), std::move(r));
}

}  // namespace scaleit::telemetry
