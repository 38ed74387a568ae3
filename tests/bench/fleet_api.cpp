#include "tests/bench/fleet_api.hpp"

#include "tests/support/http_probe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <mutex>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <unistd.h>

namespace scaleit::bench {

namespace {

using clock = std::chrono::steady_clock;

/// One connection that is kept.
class api_client {
 public:
  explicit api_client(std::uint16_t port) : fd_(test::connect_to(port)) {
    if (fd_ < 0) throw std::runtime_error{"the API does not answer"};
  }
  ~api_client() { ::close(fd_); }
  api_client(const api_client&) = delete;
  api_client& operator=(const api_client&) = delete;

  void ask(const api_request& r) {
    const auto text = fmt::format(
        "{} {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Content-Length: {}\r\n\r\n{}",
        r.method, r.path, r.body.size(), r.body);
    if (!test::send_all(fd_, text)) throw std::runtime_error{"the API is gone"};
    const auto head = take_until("\r\n\r\n");
    const auto body = take(length_in(head));
    if (head.size() < 10 || head[9] != '2')
      throw std::runtime_error{fmt::format("{} {}: {} {}", r.method, r.path,
                                           head.substr(0, head.find('\r')), body)};
  }

 private:
  static std::size_t length_in(const std::string& head) {
    constexpr std::string_view field = "Content-Length: ";
    const auto at = head.find(field);
    return at == std::string::npos ? 0 : std::stoul(head.substr(at + field.size()));
  }
  std::string take_until(std::string_view mark) {
    auto at = in_.find(mark);
    for (; at == std::string::npos; at = in_.find(mark)) read();
    return take(at + mark.size());
  }
  std::string take(std::size_t n) {
    while (in_.size() < n) read();
    auto taken = in_.substr(0, n);
    in_.erase(0, n);
    return taken;
  }
  void read() {
    char some[16 * 1024];
    const auto n = ::recv(fd_, some, sizeof some, 0);
    if (n <= 0) throw std::runtime_error{"the API does not answer"};
    in_.append(some, static_cast<std::size_t>(n));
  }

  int fd_;
  std::string in_;
};

}  // namespace

api_calls call(std::uint16_t port, std::size_t connections, std::size_t count,
               const std::function<api_request(std::size_t)>& request) {
  api_calls all;
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr wrong;
  const auto work = [&] {
    std::vector<double> us;
    std::exception_ptr mine;
    try {
      api_client client{port};
      for (auto i = next++; i < count; i = next++) {
        const auto r = request(i);
        const auto begin = clock::now();
        client.ask(r);
        us.push_back(
            std::chrono::duration<double, std::micro>(clock::now() - begin).count());
      }
    } catch (...) {
      mine = std::current_exception();
    }
    const std::lock_guard lock{mutex};
    all.us.insert(all.us.end(), us.begin(), us.end());
    if (mine) wrong = mine;
  };
  const auto begin = clock::now();
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < connections; ++i) threads.emplace_back(work);
  for (auto& t : threads) t.join();
  all.seconds = std::chrono::duration<double>(clock::now() - begin).count();
  if (wrong) std::rethrow_exception(wrong);
  std::ranges::sort(all.us);
  return all;
}

event_followers::event_followers(std::uint16_t port, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const int fd = test::connect_to(port);
    if (fd < 0 ||
        !test::send_all(fd, "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n"))
      throw std::runtime_error{"events cannot be followed"};
    clients_.push_back(fd);
  }
  thread_ = std::thread{[this] { follow(); }};
}

event_followers::~event_followers() {
  ended_ = true;
  thread_.join();
  for (const int fd : clients_) ::close(fd);
}

void event_followers::follow() {
  std::vector<pollfd> ready;
  for (const int fd : clients_) ready.push_back({fd, POLLIN, 0});
  std::vector<char> some(256 * 1024);
  while (!ended_) {
    if (::poll(ready.data(), ready.size(), 50) <= 0) continue;
    for (auto& r : ready) {
      if (r.revents == 0) continue;
      const auto n = ::recv(r.fd, some.data(), some.size(), MSG_DONTWAIT);
      if (n > 0) bytes_ += static_cast<std::uint64_t>(n);
      if (n == 0) r.fd = -1;  // it was too slow, and was told so
    }
  }
}

}  // namespace scaleit::bench
