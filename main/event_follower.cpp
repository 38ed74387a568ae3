#include "main/event_follower.hpp"

#include "main/api_client.hpp"
#include "main/event_stream_reader.hpp"
#include "main/exit_code.hpp"
#include "main/shared_descriptor.hpp"
#include "main/stop_signals.hpp"
#include "main/streams.hpp"
#include "messages/bounds.hpp"
#include "messages/text.hpp"
#include "net/headers.hpp"

#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <optional>
#include <unistd.h>
#include <utility>

namespace scaleit::main {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds wait_min{250};  // before one comes back, doubled each time
constexpr milliseconds wait_max{10'000};
/// A daemon that has nothing to tell says so at intervals.
constexpr milliseconds silence_max = 3 * bounds::api_comment_interval;
constexpr std::size_t refusal_bytes_max = 64 * 1024;

class follower {
 public:
  follower(api_address api, const follow_request& request)
      : request_(request),
        api_(std::move(api)),
        output_(api_.loop().io(), STDOUT_FILENO, 0),
        timer_(api_.loop().io()),
        reader_({[this](const stream_event& e) { use(e.data); },
                 [this](std::string_view c) { comment(c); }},
                bounds::record_line_bytes_max),
        last_id_(request.after) {}

  int run() {
    signals_.wait(api_.loop().io(), [this] { finish(); });
    // Who reads our output may leave while nothing happens: `| head -1`.
    output_.wait([] { throw output_error{EPIPE}; });
    connect();
    auto& io = api_.loop().io();
    while (!finished_)
      if (io.run_one() == 0) io.restart();
    return exit_code::success;
  }

 private:
  void use(const std::string& json) {
    if (!finished_ && !signals_.put(request_.text_of(json))) finish();
  }

  api_request events() const {
    api_request r;
    r.path = "/api/v1/events";
    r.accept = "text/event-stream";
    char before = '?';
    const auto add = [&](const char* key, const auto& all) {
      for (const auto& one : all) {
        r.path += fmt::format("{}{}={}", before, key, path_segment(one));
        before = '&';
      }
    };
    add("target", request_.targets);
    add("type", request_.types);
    return r;
  }

  void connect() {
    status_ = 0;
    refusal_.clear();
    reader_.restart();
    if (!reader_.last_id().empty()) last_id_ = reader_.last_id();
    ticket_ = api_.stream(events(), silence_max, last_id_,
                          {[this](net::http_head&& h) { on_head(h); },
                           [this](std::string_view bytes) { on_chunk(bytes); },
                           [this](net::http_end&& end) { on_end(end); }});
  }

  bool is_good() const { return status_ >= 200 && status_ <= 299; }

  void on_head(const net::http_head& h) {
    status_ = h.status;
    if (!is_good()) return;
    const auto is_stream = [](const header& f) {
      return net::same_header(f.name, "Content-Type") &&
             f.value.starts_with("text/event-stream");
    };
    if (std::ranges::none_of(h.headers, is_stream)) throw api_.no_daemon();
    if (std::exchange(lost_, false)) put_error("scaleit: connected again");
    was_connected_ = true;
  }

  void on_chunk(std::string_view bytes) {
    if (!is_good()) {
      refusal_ += bytes.substr(0, refusal_bytes_max - refusal_.size());
      return;
    }
    wait_ = wait_min;
    if (reader_.feed(bytes)) return;
    api_.cancel(ticket_);
    throw api_unreachable{fmt::format("{} sends an event of more than {} bytes",
                                      printable(api_.address().shown),
                                      bounds::record_line_bytes_max)};
  }

  void on_end(const net::http_end& end) {
    const bool is_busy = status_ == 429 || status_ >= 500;
    if (status_ != 0 && !is_good() && !(was_connected_ && is_busy))
      std::rethrow_exception(api_.refused(status_, refusal_));
    if (status_ == 0 && !was_connected_)
      throw api_.unreachable(end.error.value_or(failure{}));
    if (!request_.forever)
      throw api_.unreachable(end.error.value_or(
          failure{failure_kind::body, "the daemon ended the connection", 0, {}}));
    if (!std::exchange(lost_, true))
      complain("connection lost ({}); trying again",
               end.error ? printable(end.error->detail) : "the daemon ended it");
    timer_.expires_after(std::max(wait_, reader_.retry().value_or(milliseconds{0})));
    wait_ = std::min(2 * wait_, wait_max);
    timer_.async_wait([this](const error_code& e) {
      if (!e) connect();
    });
  }

  /// What was missed is worth knowing; that all is well is not.
  void comment(std::string_view text) {
    if (!request_.forever && text == "caught up") return finish();
    if (text.find("missed") != std::string_view::npos ||
        text.find("began anew") != std::string_view::npos)
      complain("{}", printable(text, 400));
  }

  void finish() {
    finished_ = true;
    api_.loop().io().stop();
  }

  const follow_request& request_;
  api_client api_;
  stop_signals signals_;
  shared_descriptor output_;
  asio::steady_timer timer_;  // to come back
  event_stream_reader reader_;
  std::string last_id_;
  net::http_client::ticket ticket_ = 0;
  int status_ = 0;
  std::string refusal_;
  bool was_connected_ = false;
  bool lost_ = false;
  bool finished_ = false;
  milliseconds wait_ = wait_min;
};

}  // namespace

int follow_events(api_address api, const follow_request& request) {
  return follower{std::move(api), request}.run();
}

}  // namespace scaleit::main
