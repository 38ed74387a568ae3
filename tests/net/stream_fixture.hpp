// Streams for tests: a handler that opens one for each request, and a writer that
// does not give up before its client is full.
#pragma once

#include "net/server.hpp"

#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace scaleit::test {

/// Keeps the writers of the streams it opens, and why they were closed.
struct hub {
  net::stream_options options;
  std::mutex mutex;
  std::vector<net::stream_writer> writers;
  std::vector<net::stream_end> ends;

  void operator()(net::server_request&&, net::responder r) {
    auto o = options;
    o.on_close = [this](net::stream_end why) {
      const std::lock_guard lock(mutex);
      ends.push_back(why);
    };
    auto w = r.stream({200, "text/event-stream", {}, {{"X-A", "b"}}}, std::move(o));
    const std::lock_guard lock(mutex);
    writers.push_back(std::move(w));
  }
  net::http_server::handler handler() {
    return [this](net::server_request&& q, net::responder r) {
      (*this)(std::move(q), std::move(r));
    };
  }
  std::size_t opened() {
    const std::lock_guard lock(mutex);
    return writers.size();
  }
  net::stream_writer& writer(std::size_t i = 0) {
    while (opened() <= i) std::this_thread::yield();
    const std::lock_guard lock(mutex);
    return writers[i];
  }
  net::stream_end end(std::size_t i = 0) {
    for (;; std::this_thread::yield()) {
      const std::lock_guard lock(mutex);
      if (ends.size() > i) return ends[i];
    }
  }
  std::size_t ended() {
    const std::lock_guard lock(mutex);
    return ends.size();
  }
};

/// Writes until the buffer is full; how many bytes were taken.
inline std::size_t fill(net::stream_writer& w, const std::string& piece) {
  std::size_t taken = 0;
  // The kernel takes some megabytes before the buffer stays full.
  for (int refused = 0; refused < 50;) {
    if (w.write(piece) == net::stream_writer::outcome::taken) {
      taken += piece.size();
      refused = 0;
    } else {
      ++refused;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  return taken;
}

}  // namespace scaleit::test
