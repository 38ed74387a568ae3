// Clients of a fleet's API: who adds targets and reports for them, and who follows
// events.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace scaleit::bench {

/// What a number of requests took.
struct api_calls {
  double seconds = 0;      ///< all of them
  std::vector<double> us;  ///< each, the fastest first

  double per_second() const { return static_cast<double>(us.size()) / seconds; }
  double median_us() const { return us.empty() ? 0 : us[us.size() / 2]; }
};

struct api_request {
  std::string method, path, body;
};

/// Sends `count` requests, made by number, over so many connections at once; throws if an
/// answer is none of the 200s.
api_calls call(std::uint16_t port, std::size_t connections, std::size_t count,
               const std::function<api_request(std::size_t)>& request);

/// Clients that follow all events, until they are destroyed.
class event_followers {
 public:
  event_followers(std::uint16_t port, std::size_t count);
  ~event_followers();
  event_followers(const event_followers&) = delete;
  event_followers& operator=(const event_followers&) = delete;

  /// Read by all of them so far.
  std::uint64_t bytes() const { return bytes_; }

 private:
  void follow();

  std::vector<int> clients_;
  std::atomic<bool> ended_{false};
  std::atomic<std::uint64_t> bytes_{0};
  std::thread thread_;
};

}  // namespace scaleit::bench
