#include "net/connection.hpp"

#include "messages/bounds.hpp"
#include "net/prepared_request.hpp"
#include "net/sentence.hpp"
#include "net/tls.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <sys/socket.h>
#include <type_traits>

namespace scaleit::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t read_bytes_min = 2048;
constexpr std::size_t idle_bytes_max = 8 * 1024;   // kept by an idle connection
constexpr std::size_t read_bytes_max = 64 * 1024;  // at once, while a body arrives

using tls_stream = asio::ssl::stream<stream_socket>;

bool is_end(error_code e) {
  return e == asio::error::eof || e == asio::ssl::error::stream_truncated;
}

template <class Stream>
class stream_connection final
    : public connection,
      public std::enable_shared_from_this<stream_connection<Stream>> {
  static constexpr bool is_tls = std::is_same_v<Stream, tls_stream>;

 public:
  template <class... Args>
  stream_connection(connection_owner& owner, const prepared_request& r,
                    std::size_t header_bytes_max,
                    std::shared_ptr<asio::ssl::context> context, Args&&... args)
      : context_(std::move(context)),
        stream_(std::forward<Args>(args)...),
        owner_(&owner),
        where_(r.url().where),
        peer_(peer_of(r)),
        header_bytes_max_(header_bytes_max) {}

  void open() override {
    if constexpr (is_tls) {
      if (!expect_peer(stream_.native_handle(), peer_))
        return open_later(asio::error::no_memory);
      stream_.async_handshake(
          asio::ssl::stream_base::client,
          [self = this->shared_from_this()](error_code e) { self->on_open(e); });
    } else {
      open_later({});
    }
  }

  void send(prepared_ptr r, bool keep_fields) override {
    request_ = std::move(r);
    expecting_ = true;
    received_ = false;
    nothing_sent_ = false;
    parser_.emplace(answer_parser::settings{
        header_bytes_max_, request_->source().method == verb::head, keep_fields});
    write();
    read();
  }

  void rest() override {
    request_.reset();
    if (buffer_.capacity() > idle_bytes_max) buffer_.shrink_to_fit();
    read();
  }

  bool is_quiet() const override {
    char c = 0;
    const auto fd = const_cast<Stream&>(stream_).lowest_layer().native_handle();
    const auto n = ::recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);
    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }

  void close() noexcept override {
    owner_ = nullptr;
    error_code ignored;
    stream_.lowest_layer().close(ignored);
  }

  bool is_open() const override { return opened_; }

  std::string progress() const override {
    if (!received_ || !parser_) return {};
    return parser_->is_header_done() ? received_body() : "its header is incomplete";
  }

 private:
  // -- opening ------------------------------------------------------------
  void open_later(error_code e) {
    asio::post(stream_.get_executor(),
               [self = this->shared_from_this(), e] { self->on_open(e); });
  }

  void on_open(error_code e) {
    if (!owner_) return;
    if (!e) {
      opened_ = true;
      return owner_->on_open();
    }
    if constexpr (is_tls)
      owner_->on_broken({.why = handshake_failure(stream_.native_handle(), e, where_),
                         .nothing_sent = true,
                         .distrusted = is_distrusted(stream_.native_handle())});
  }

  // -- writing ------------------------------------------------------------
  /// Most requests fit the socket's buffer: then one system call, and no handler.
  /// Errors are left to the read, which ends as well and may yet bring an answer.
  void write() {
    std::size_t sent = 0;
    const auto& wire = request_->wire();
    if constexpr (!is_tls) {
      error_code e;
      sent = stream_.write_some(asio::buffer(wire), e);
      nothing_sent_ = e && e != asio::error::would_block;
      if (sent == wire.size() || nothing_sent_) return;
    }
    writing_ = true;
    asio::async_write(stream_, asio::buffer(wire) + sent,
                      [self = this->shared_from_this(), keep = request_](
                          error_code, std::size_t) { self->writing_ = false; });
  }

  // -- reading ------------------------------------------------------------
  void read() {
    if (reading_) return;
    reading_ = true;
    const auto size =
        std::clamp(buffer_.capacity() - buffer_.size(), read_bytes_min, read_bytes_max);
    stream_.async_read_some(buffer_.prepare(size), [self = this->shared_from_this()](
                                                       error_code e, std::size_t n) {
      self->reading_ = false;
      if (self->owner_) self->on_read(e, n);
    });
  }

  void on_read(error_code e, std::size_t n) {
    if (!expecting_)  // closed, or saying what nobody asked for
      return broken(make_failure(failure_kind::connect, ended()));
    if (e) return on_read_error(e);
    received_ = true;
    buffer_.commit(n);
    parse();
  }

  void parse() {
    std::string_view in{static_cast<const char*>(buffer_.data().data()), buffer_.size()};
    while (owner_) switch (parser_->next(in)) {
        using step = answer_parser::step;
        case step::head:
          owner_->on_head(std::move(parser_->head()), parser_->is_done());
          break;
        case step::piece:
          owner_->on_piece(parser_->piece());
          break;
        case step::end:
          buffer_.consume(buffer_.size() - in.size());
          // Bytes beyond the answer, or a request not yet sent, would shift what follows.
          return finish({parser_->head().keep_alive && buffer_.size() == 0 && !writing_});
        case step::broken:
          return bad(parser_->defect());
        case step::need_more:
          buffer_.consume(buffer_.size() - in.size());
          grow();
          return read();
      }
  }

  /// A long body is read in large pieces.
  void grow() {
    if (parser_->body_bytes() > buffer_.capacity())
      buffer_.reserve(
          std::min(read_bytes_max, 4 * std::max(read_bytes_min, buffer_.capacity())));
  }

  void finish(answer_end end) {
    expecting_ = false;
    owner_->on_end(end);
  }

  void on_read_error(error_code e) {
    if (const auto alert = tls_alert(e); !alert.empty())
      return broken(
          make_failure(failure_kind::tls,
                       fmt::format("{} ends the connection: {}", where_, alert)),
          !received_);
    if (!received_) return broken(make_failure(failure_kind::connect, ended()), true);
    if (!parser_->is_header_done())
      return broken(make_failure(
          failure_kind::http, fmt::format("answer from {} ended in its header", where_)));
    // Only a clean end can be the end of a body without a length: TCP's for plain,
    // close_notify for TLS (RFC 8446, section 6.1). Whoever can tell from the body that
    // it is whole may do without.
    if (is_end(e) && parser_->ends_well())
      return finish({.may_be_cut = parser_->is_open_ended() && e != asio::error::eof});
    broken(make_failure(failure_kind::body,
                        fmt::format("answer from {} {} after {}", where_,
                                    is_end(e) ? "ended" : "broke off", received_body()),
                        parser_->head().status));
  }

  // -- wording ------------------------------------------------------------
  std::string received_body() const {
    if (const auto length = parser_->head().length)
      return fmt::format("{} of {} bytes", parser_->body_bytes(), *length);
    return fmt::format("{} bytes", parser_->body_bytes());
  }

  std::string ended() const {
    return fmt::format("connection closed by {} before an answer", where_);
  }

  void bad(const answer_parser::defect_info& d) {
    using flaw = answer_parser::flaw;
    const auto status = parser_->is_header_done() ? parser_->head().status : 0;
    broken(make_failure(
        failure_kind::http,
        d.what == flaw::tls ? fmt::format("{} speaks TLS: https:// is needed", where_)
        : d.what == flaw::header_too_large
            ? fmt::format("header of the answer is larger than {} bytes",
                          header_bytes_max_)
            : fmt::format("answer from {} is {}: {}", where_,
                          d.what == flaw::not_http ? "not HTTP" : "faulty HTTP",
                          d.detail),
        status));
  }

  void broken(failure why, bool before_answer = false) {
    owner_->on_broken({std::move(why), before_answer, nothing_sent_});
  }

  std::shared_ptr<asio::ssl::context> context_;  // outlives the stream
  Stream stream_;
  connection_owner* owner_;
  const std::string where_;
  const tls_peer peer_;
  const std::size_t header_bytes_max_;
  prepared_ptr request_;
  boost::beast::flat_buffer buffer_;
  std::optional<answer_parser> parser_;
  bool opened_ = false;
  bool reading_ = false;
  bool writing_ = false;
  bool expecting_ = false;
  bool received_ = false;
  bool nothing_sent_ = false;
};

}  // namespace

std::shared_ptr<connection> make_plain_connection(connection_owner& owner,
                                                  stream_socket s,
                                                  const prepared_request& r,
                                                  std::size_t header_bytes_max) {
  return std::make_shared<stream_connection<stream_socket>>(owner, r, header_bytes_max,
                                                            nullptr, std::move(s));
}

std::shared_ptr<connection> make_tls_connection(
    connection_owner& owner, stream_socket s, std::shared_ptr<asio::ssl::context> context,
    const prepared_request& r, std::size_t header_bytes_max) {
  auto& c = *context;
  return std::make_shared<stream_connection<tls_stream>>(
      owner, r, header_bytes_max, std::move(context), std::move(s), c);
}

}  // namespace scaleit::net
