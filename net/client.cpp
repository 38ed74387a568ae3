#include "net/client.hpp"

#include "net/pool.hpp"

namespace scaleit::net {

class pooled_client::impl final : public pool {
 public:
  using pool::pool;
};

pooled_client::pooled_client(event_loop& loop, client_options options)
    : impl_(std::make_shared<impl>(loop, std::move(options))) {}

pooled_client::~pooled_client() { impl_->stop(); }

http_client::ticket pooled_client::submit(prepared_ptr r, handler done) {
  return impl_->submit(std::move(r), std::move(done));
}

http_client::ticket pooled_client::stream(prepared_ptr r, stream_handlers h) {
  return impl_->stream(std::move(r), std::move(h));
}

void pooled_client::cancel(ticket t) noexcept { impl_->cancel(t); }

client_stats pooled_client::stats() const { return impl_->stats(); }

}  // namespace scaleit::net
