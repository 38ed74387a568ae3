// What a request costs with our client and with libcurl's multi interface: CPU time,
// the same server, the same document, as many connections, in turn.
//
//   client_bench [CONNECTIONS ...]
#include "net/client.hpp"

#include "net/server.hpp"
#include "tests/bench/child.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <curl/curl.h>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <sys/epoll.h>
#include <unistd.h>
#include <vector>

namespace {

using namespace scaleit;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto warm_up = 700ms;
constexpr auto measured = 3s;
constexpr const char* document = R"({"cpu":{"highPriority":0.80},"replicas":10})";

double cpu_now() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

/// Counts answers, and prints `<answers> <cpu seconds>` for the measured time.
class meter {
 public:
  void count() { ++answers_; }
  /// True when all is over.
  bool look() {
    const auto now = clock::now();
    if (!measuring_ && now >= begin_ + warm_up) {
      measuring_ = true;
      answers_ = 0;
      begin_ = now;
      cpu_ = cpu_now();
    }
    return measuring_ && now >= begin_ + measured;
  }
  [[noreturn]] void report() const {
    fmt::print("{} {}\n", answers_, cpu_now() - cpu_);
    std::fflush(stdout);
    std::_Exit(0);
  }

 private:
  clock::time_point begin_ = clock::now();
  bool measuring_ = false;
  std::size_t answers_ = 0;
  double cpu_ = 0;
};

void run_ours(const std::string& url, std::size_t connections) {
  net::event_loop loop;
  net::client_options o;
  o.connections_per_origin_max = connections;
  net::pooled_client client{loop, o};
  net::http_request r;
  r.url = url;
  r.timeout = 30s;
  const auto request = net::prepare(r);
  meter m;
  std::function<void(http_response &&)> again = [&](http_response&& got) {
    if (got.error || got.body != document) std::_Exit(1);
    m.count();
    client.submit(request, again);
  };
  for (std::size_t i = 0; i < connections; ++i) client.submit(request, again);
  while (!m.look()) loop.io().run_for(10ms);
  m.report();
}

/// As libcurl's own example for epoll has it: curl_multi_socket_action().
class curl_loop {
 public:
  curl_loop(const std::string& url, std::size_t connections) : bodies_(connections) {
    multi_ = curl_multi_init();
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(connections));
    for (auto& body : bodies_) {
      auto* easy = curl_easy_init();
      curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
      curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &on_body);
      curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
      curl_easy_setopt(easy, CURLOPT_PRIVATE, &body);
      curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 30'000L);
      curl_multi_add_handle(multi_, easy);
    }
  }

  [[noreturn]] void run() {
    int running = 0;
    std::vector<epoll_event> events(1024);
    while (!meter_.look()) {
      const auto wait = due_ ? std::clamp<long>(left(), 0, 10) : 10;
      const int n = epoll_wait(epoll_, events.data(), 1024, static_cast<int>(wait));
      for (int i = 0; i < n; ++i) {
        const auto& e = events[static_cast<std::size_t>(i)];
        const int what = ((e.events & EPOLLIN) ? CURL_CSELECT_IN : 0) |
                         ((e.events & EPOLLOUT) ? CURL_CSELECT_OUT : 0) |
                         ((e.events & (EPOLLERR | EPOLLHUP)) ? CURL_CSELECT_ERR : 0);
        curl_multi_socket_action(multi_, e.data.fd, what, &running);
      }
      if (due_ && left() <= 0) {
        due_.reset();
        curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
      }
      take_answers();
    }
    meter_.report();
  }

 private:
  long left() const {
    return static_cast<long>(
        std::chrono::duration_cast<std::chrono::milliseconds>(*due_ - clock::now())
            .count());
  }

  void take_answers() {
    int queued = 0;
    while (auto* m = curl_multi_info_read(multi_, &queued)) {
      if (m->msg != CURLMSG_DONE) continue;
      auto* easy = m->easy_handle;
      std::string* body = nullptr;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &body);
      if (m->data.result != CURLE_OK || *body != document) std::_Exit(1);
      body->clear();
      meter_.count();
      curl_multi_remove_handle(multi_, easy);
      curl_multi_add_handle(multi_, easy);
    }
  }

  static std::size_t on_body(char* data, std::size_t size, std::size_t n, void* to) {
    static_cast<std::string*>(to)->append(data, size * n);
    return size * n;
  }
  static int on_socket(CURL*, curl_socket_t fd, int what, void* me, void* known) {
    auto& self = *static_cast<curl_loop*>(me);
    epoll_event e{};
    e.data.fd = fd;
    e.events =
        ((what & CURL_POLL_IN) ? EPOLLIN : 0U) | ((what & CURL_POLL_OUT) ? EPOLLOUT : 0U);
    if (what == CURL_POLL_REMOVE) {
      epoll_ctl(self.epoll_, EPOLL_CTL_DEL, fd, nullptr);
    } else {
      epoll_ctl(self.epoll_, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &e);
      curl_multi_assign(self.multi_, fd, me);
    }
    return 0;
  }
  static int on_timer(CURLM*, long ms, void* me) {
    auto& self = *static_cast<curl_loop*>(me);
    if (ms < 0)
      self.due_.reset();
    else
      self.due_ = clock::now() + std::chrono::milliseconds{ms};
    return 0;
  }

  std::vector<std::string> bodies_;
  CURLM* multi_ = nullptr;
  int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  std::optional<clock::time_point> due_;
  meter meter_;
};

double us_per_request(const std::function<void()>& body) {
  const auto out = bench::run(body);
  double answers = 0, cpu = 0;
  std::sscanf(out.output.c_str(), "%lf %lf", &answers, &cpu);
  return answers > 0 ? cpu * 1e6 / answers : 0;
}

double median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v[v.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::size_t> all;
  for (int i = 1; i < argc; ++i) all.push_back(std::stoul(argv[i]));
  if (all.empty()) all = {100, 1000};
  bench::background server{[](int fd) {
    net::event_loop loop;
    net::server_options o;
    o.connections_max = 5000;
    const net::http_server s{loop, o, [](net::server_request&&, net::responder answer) {
                               answer.send({200, "application/json", document, {}});
                             }};
    ::dprintf(fd, "%d\n", s.port());
    loop.io().run();
  }};
  const auto url = fmt::format("http://127.0.0.1:{}/app/status", server.read_line());
  fmt::print("{}\n", curl_version());
  for (const auto connections : all) {
    // In turn, A B A B, and the median of each: the machine's speed drifts.
    std::vector<double> ours, theirs, ratios;
    for (int i = 0; i < 3; ++i) {
      theirs.push_back(us_per_request([&] { curl_loop{url, connections}.run(); }));
      ours.push_back(us_per_request([&] { run_ours(url, connections); }));
      ratios.push_back(theirs.back() > 0 ? ours.back() / theirs.back() : 0);
    }
    fmt::print("{} connections: {:.1f} us, libcurl {:.1f} us, {:.2f} x\n", connections,
               median(ours), median(theirs), median(ratios));
  }
}
