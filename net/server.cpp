#include "net/server.hpp"

#include "net/headers.hpp"
#include "net/listener.hpp"
#include "net/server_session.hpp"
#include "net/server_tls.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <optional>
#include <system_error>
#include <tuple>
#include <utility>

namespace scaleit::net {

namespace {

using boost::system::error_code;
using std::chrono::milliseconds;

/// Often enough that no deadline is missed by more than a quarter, or half a second.
milliseconds sweep_interval(const server_options& o) {
  const auto shortest =
      std::min({o.read_timeout, o.write_timeout, o.stall_timeout, o.idle_timeout});
  return std::clamp<milliseconds>(shortest / 4, milliseconds(1), milliseconds(500));
}

std::string http_date(std::time_t t) {  // RFC 9110, 5.6.7
  static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm u{};
  gmtime_r(&t, &u);
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", days[u.tm_wday], u.tm_mday,
                     months[u.tm_mon], u.tm_year + 1900, u.tm_hour, u.tm_min, u.tm_sec);
}

std::optional<server_certificate> certificate_of(const server_options& o) {
  if (!o.tls) return {};
  return server_certificate(o, session::clock::now());
}

}  // namespace

class http_server::impl final : public session_host,
                                public std::enable_shared_from_this<impl> {
 public:
  impl(event_loop& loop, server_options o, handler h)
      : certificate_(certificate_of(o)),
        listener_(loop.io(), o.address, o.port, o.unix_mode),
        sweep_timer_(loop.io()),
        accept_timer_(loop.io()) {
    options = std::move(o);
    on_request = std::move(h);
    options.connections_max = std::max<std::size_t>(options.connections_max, 1);
    // Streams are not given up for newcomers, so that they must leave room for some.
    options.streams_max = std::min(options.streams_max,
                                   std::max<std::size_t>(options.connections_max - 1, 1));
    sweep_interval_ = sweep_interval(options);
  }

  void accept();
  void stop() noexcept;
  std::string reload_tls();
  std::uint16_t port() const { return listener_.port(); }
  std::size_t connections() const { return sessions_.size(); }
  std::size_t streams() const { return streams_; }

  std::string_view common_headers() override;
  void forget(session& s) noexcept override;
  bool full() const override { return sessions_.size() >= options.connections_max; }
  void on_answered() override {
    if (waiting_) retry_waiting();
  }
  bool take_stream() override {
    if (streams_ >= options.streams_max) return false;
    ++streams_;
    return true;
  }
  void return_stream() noexcept override { --streams_; }

 private:
  void on_accept(error_code ec, stream_socket socket);
  void admit(stream_socket socket);
  void retry_waiting();
  bool evict();
  void arm_sweep();
  void on_sweep();

  std::optional<server_certificate> certificate_;  // none: plain
  listener listener_;
  asio::steady_timer sweep_timer_;
  asio::steady_timer accept_timer_;
  milliseconds sweep_interval_{};
  bool sweeping_ = false;
  bool stopped_ = false;
  std::size_t streams_ = 0;
  std::vector<std::shared_ptr<session>> sessions_;
  std::optional<stream_socket> waiting_;  // accepted, but there is no room yet
  std::time_t headers_second_ = -1;
  std::string headers_;
};

// -- connections ----------------------------------------------------------

void http_server::impl::accept() {
  listener_.accepts().async_accept(
      [weak = weak_from_this()](error_code ec, stream_socket socket) {
        if (const auto self = weak.lock()) self->on_accept(ec, std::move(socket));
      });
}

void http_server::impl::on_accept(error_code ec, stream_socket socket) {
  if (stopped_) return;
  if (ec == asio::error::connection_aborted) return accept();
  if (ec) {
    // Out of descriptors or memory, most likely. The connection stays in the
    // backlog, so that trying again at once would spin.
    accept_timer_.expires_after(bounds::server_accept_pause);
    accept_timer_.async_wait([weak = weak_from_this()](error_code e) {
      const auto self = weak.lock();
      if (!e && self && !self->stopped_) self->accept();
    });
    return;
  }
  if (full() && !evict()) {
    waiting_ = std::move(socket);  // retry_waiting() goes on from here
    return;
  }
  admit(std::move(socket));
  accept();
}

void http_server::impl::admit(stream_socket socket) {
  if (certificate_) certificate_->look_after(session::clock::now());
  error_code ec;
  const auto peer = socket.remote_endpoint(ec);
  if (ec) return;  // it left meanwhile
  auto s = std::make_shared<session>(
      server_socket(std::move(socket), certificate_ ? &certificate_->context() : nullptr),
      address_text(peer), shared_from_this());
  s->slot = sessions_.size();
  sessions_.push_back(s);
  if (!sweeping_) arm_sweep();
  s->start();
}

/// Makes room when full: whoever has been idle longest goes first, then a client
/// that has been longest about its request, then one that is slow to read its answer.
/// Streams and answers that make progress in time are left alone.
bool http_server::impl::evict() {
  const auto now = session::clock::now();
  const auto rank = [now](const std::shared_ptr<session>& s) {
    const bool spared = s->current() > session::phase::reading && !s->overdue(now);
    return std::tuple(spared, s->current(), s->since());
  };
  const auto victim =
      std::min_element(sessions_.begin(), sessions_.end(),
                       [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  if (victim == sessions_.end() || std::get<0>(rank(*victim))) return false;
  const auto s = *victim;
  s->close();
  return true;
}

void http_server::impl::forget(session& s) noexcept {
  const auto slot = s.slot;
  sessions_[slot] = std::move(sessions_.back());
  sessions_[slot]->slot = slot;
  sessions_.pop_back();
  if (!stopped_ && waiting_) retry_waiting();
}

/// From the loop, as sessions call this in the middle of their work.
void http_server::impl::retry_waiting() {
  asio::post(sweep_timer_.get_executor(), [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self || self->stopped_ || !self->waiting_) return;
    auto socket = std::move(*self->waiting_);
    self->waiting_.reset();
    self->on_accept({}, std::move(socket));
  });
}

void http_server::impl::stop() noexcept {
  stopped_ = true;
  listener_.close();
  waiting_.reset();
  sweep_timer_.cancel();
  accept_timer_.cancel();
  while (!sessions_.empty()) sessions_.back()->stop();
}

// -- time -----------------------------------------------------------------

void http_server::impl::arm_sweep() {
  sweeping_ = true;
  sweep_timer_.expires_after(sweep_interval_);
  sweep_timer_.async_wait([weak = weak_from_this()](error_code ec) {
    const auto self = weak.lock();
    if (!ec && self && !self->stopped_) self->on_sweep();
  });
}

void http_server::impl::on_sweep() {
  const auto now = session::clock::now();
  // Backwards, as forget() puts the last one into the gap.
  // A stream's on_close may close others.
  for (auto i = sessions_.size(); i-- > 0;)
    if (i < sessions_.size()) sessions_[i]->on_sweep(now);
  if (stopped_) return;
  sweeping_ = false;
  if (waiting_) retry_waiting();  // someone may have stalled meanwhile
  if (certificate_) certificate_->look_after(now);
  if (!sessions_.empty() || (certificate_ && certificate_->in_doubt())) arm_sweep();
}

std::string http_server::impl::reload_tls() {
  return certificate_ ? certificate_->reload(session::clock::now()) : std::string();
}

std::string_view http_server::impl::common_headers() {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  if (now != headers_second_) {
    headers_second_ = now;
    headers_ = "Date: " + http_date(now) + "\r\nServer: scaleit/" SCALEIT_VERSION "\r\n";
  }
  return headers_;
}

// -- server_request -------------------------------------------------------

std::optional<std::string_view> server_request::header(std::string_view name) const {
  for (const auto& h : headers)
    if (same_header(h.name, name)) return h.value;
  return std::nullopt;
}

// -- http_server ----------------------------------------------------------

http_server::http_server(event_loop& loop, server_options options, handler on_request)
    : impl_(std::make_shared<impl>(loop, std::move(options), std::move(on_request))) {
  impl_->accept();
}

http_server::~http_server() { impl_->stop(); }
std::string http_server::reload_tls() { return impl_->reload_tls(); }
std::uint16_t http_server::port() const { return impl_->port(); }
std::size_t http_server::connections() const { return impl_->connections(); }
std::size_t http_server::streams() const { return impl_->streams(); }

}  // namespace scaleit::net
