#include "net/connector.hpp"

#include "net/sentence.hpp"
#include "net/stream_socket.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

namespace scaleit::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr auto unix_retry_interval = std::chrono::milliseconds{10};

/// TCP's simultaneous open lets a socket connect to itself when nobody listens on
/// a port of the ephemeral range; it would even keep the application from binding it.
bool is_self_connected(const asio::ip::tcp::socket& s) {
  error_code e;
  const auto local = s.local_endpoint(e);
  if (e) return false;
  const auto remote = s.remote_endpoint(e);
  return !e && local == remote;
}

}  // namespace

connector::connector(asio::io_context& io, resolver& names, deadline_wheel& wheel,
                     parsed_url to, std::chrono::milliseconds timeout)
    : io_(io),
      names_(names),
      wheel_(wheel),
      to_(std::move(to)),
      timeout_(timeout),
      stagger_(this,
               [](void* self) {
                 auto& c = *static_cast<connector*>(self);
                 c.to_.unix_socket.empty() ? c.start_next() : c.try_unix();
               }),
      limit_(this, [](void* self) {
        auto& c = *static_cast<connector*>(self);
        c.fail(failure_kind::timeout, fmt::format("no connection to {} within {}",
                                                  c.to_.where, spell(c.timeout_)));
      }) {}

void connector::start(handler done) {
  done_ = std::move(done);
  resolving_ = !to_.literal && to_.unix_socket.empty();
  asio::post(io_, [self = shared_from_this()] {
    if (self->done_) self->begin();
  });
}

void connector::cancel() noexcept {
  done_ = nullptr;
  stagger_.disarm();
  limit_.disarm();
  for (auto& s : attempts_) {
    error_code ignored;
    s.close(ignored);
  }
}

void connector::begin() {
  if (!to_.unix_socket.empty()) {
    wheel_.arm(limit_, std::chrono::steady_clock::now() + timeout_);
    return try_unix();
  }
  if (to_.literal) return race({*to_.literal});
  names_.resolve(to_.host, [weak = weak_from_this()](const resolved& r) {
    if (const auto self = weak.lock(); self && self->done_) self->on_addresses(r);
  });
}

void connector::on_addresses(const resolved& r) {
  resolving_ = false;
  if (!r.error.empty())
    return fail(failure_kind::connect,
                fmt::format("cannot resolve {}: {}", to_.host, r.error));
  race(r.addresses);
}

void connector::race(const std::vector<asio::ip::address>& addresses) {
  for (const auto& a : addresses) endpoints_.emplace_back(a, to_.port);
  attempts_.reserve(endpoints_.size());
  wheel_.arm(limit_, std::chrono::steady_clock::now() + timeout_);
  start_next();
}

void connector::start_next() {
  stagger_.disarm();
  while (attempts_.size() < endpoints_.size()) {
    const auto i = attempts_.size();
    auto& s = attempts_.emplace_back(io_);
    error_code e;
    s.open(endpoints_[i].protocol(), e);
    if (e) {
      last_error_ = e;
      continue;
    }
    ++running_;
    s.async_connect(endpoints_[i], [self = shared_from_this(), i](error_code result) {
      if (self->done_) self->on_connect(i, result);
    });
    if (attempts_.size() < endpoints_.size())
      wheel_.arm(stagger_, std::chrono::steady_clock::now() + bounds::connect_stagger);
    return;
  }
  if (running_ > 0) return;
  fail_to_connect();
}

/// Done at once, unless the listener has no time for more.
void connector::try_unix() {
  asio::local::stream_protocol::socket s{io_};
  s.open({}, last_error_);
  if (!last_error_) s.non_blocking(true, last_error_);
  if (!last_error_) last_error_ = connect_unix(s, to_.unix_socket);
  if (!last_error_) return finish({stream_socket{std::move(s)}, {}, false});
  if (last_error_ != asio::error::try_again) return fail_to_connect();
  wheel_.arm(stagger_, std::chrono::steady_clock::now() + unix_retry_interval);
}

void connector::fail_to_connect() {
  if (last_error_ == asio::error::connection_refused)
    return fail(failure_kind::connect,
                fmt::format("connection refused by {}", to_.where));
  fail(failure_kind::connect,
       fmt::format("cannot connect to {}: {}", to_.where, last_error_.message()));
}

void connector::on_connect(std::size_t i, error_code e) {
  --running_;
  auto& s = attempts_[i];
  if (!e && is_self_connected(s)) e = asio::error::connection_refused;
  if (!e) s.set_option(tcp::no_delay{true}, e);
  if (!e) s.non_blocking(true, e);
  if (!e) return finish({stream_socket{std::move(s)}, {}, false});
  last_error_ = e;
  s.close(e);
  start_next();
}

void connector::fail(failure_kind kind, const std::string& detail) {
  names_.forget(to_.host);
  finish({std::nullopt, make_failure(kind, detail),
          last_error_ == asio::error::no_descriptors});
}

void connector::finish(connected&& c) {
  const auto keep = shared_from_this();
  const auto done = std::move(done_);
  cancel();
  done(std::move(c));
}

}  // namespace scaleit::net
