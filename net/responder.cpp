#include "net/problem.hpp"
#include "net/server_session.hpp"

#include <utility>

namespace scaleit::net {

responder::responder(std::shared_ptr<exchange> x) : exchange_(std::move(x)) {}
responder::responder(responder&&) noexcept = default;

responder& responder::operator=(responder&& other) noexcept {
  // `old` answers for what was held before.
  responder old(std::move(*this));
  exchange_ = std::move(other.exchange_);
  return *this;
}

responder::~responder() {
  const auto x = std::exchange(exchange_, nullptr);
  if (!x) return;
  try {
    x->answer(problem(500, "the request was not answered"), std::nullopt);
  } catch (...) {
    x->reset();
  }
}

void responder::send(server_response r) {
  if (const auto x = std::exchange(exchange_, nullptr))
    x->answer(std::move(r), std::nullopt);
}

stream_writer responder::stream(server_response head, stream_options o) {
  const auto x = std::exchange(exchange_, nullptr);
  return x ? x->stream(std::move(head), std::move(o)) : stream_writer{};
}

void responder::send_cut(server_response r, std::size_t bytes) {
  if (const auto x = std::exchange(exchange_, nullptr)) x->answer(std::move(r), bytes);
}

void responder::reset() {
  if (const auto x = std::exchange(exchange_, nullptr)) x->reset();
}

}  // namespace scaleit::net
