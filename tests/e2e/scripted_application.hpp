// An application to be scaled that has nothing in common with `scaleit app`: plain
// threads and sockets, a fixed load, and tricks to play. It keeps books on every
// PUT it receives and complains about those that no status it has shown explains.
#pragma once

#include "tests/support/unruly_server.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace scaleit::e2e {

using test::peer;

/// How a request is answered in place of the ordinary way. False: the connection ends.
using trick = std::function<bool(peer&, const std::string& document)>;

/// A trick: no answer, but a reset.
inline bool resets(peer& p, const std::string&) {
  p.reset();
  return false;
}

struct trick_plan {
  int calm = 2;   ///< requests answered well before
  int times = 0;  ///< requests answered with the trick
  trick play;
  /// A GET's trick shows the document, so that a PUT may follow from it; a PUT's takes
  /// effect.
  bool counts = false;
  double load_before = 0;  ///< when it begins, if not 0
  double load_after = 0;   ///< when it is over, if not 0
};

class scripted_application {
 public:
  /// The utilisation is load / replicas; daemons are to hold it at 0.80.
  explicit scripted_application(double load = 8, int replicas = 10,
                                const std::string& address = "127.0.0.1",
                                std::uint16_t port = 0);
  /// Over TLS, as `who`; it cannot vanish and appear.
  scripted_application(double load, const test::identity& who);
  ~scripted_application();

  /// To be planned before the daemon starts.
  void plan_polls(trick_plan p);
  void plan_puts(trick_plan p);
  void set_load(double load);
  void set_replicas(int replicas);
  /// No more connections, and an end to those there are. Books are kept.
  void vanish();
  void appear(const std::string& address = "127.0.0.1");

  std::uint16_t port() const { return port_; }
  int replicas() const { return locked(replicas_); }
  int polls() const { return locked(polls_); }
  int puts() const { return locked(puts_); }
  bool tricks_over() const;
  /// PUTs that were not as they must be; empty when all is well.
  std::string complaints() const { return locked(complaints_); }

 private:
  struct shown {
    double utilisation = 0;
    int replicas = 0;
    std::chrono::steady_clock::time_point at;
  };

  template <class T>
  T locked(const T& value) const {
    const std::lock_guard lock{mutex_};
    return value;
  }
  void serve(peer& p);
  bool on_get(peer& p);
  bool on_put(peer& p, const std::string& request);
  bool play(trick_plan& plan, peer& p, const std::string& document);
  std::string show(bool really = true);
  void judge(const std::string& body);
  bool follows_from(const shown& s, int wish) const;

  mutable std::mutex mutex_;
  double load_;
  int replicas_;
  int polls_ = 0, puts_ = 0;
  trick_plan polls_plan_, puts_plan_;
  int playing_ = 0;
  std::vector<shown> shown_;
  std::string complaints_;
  test::reserved_port reserved_;  ///< its own if it was not told which to use
  std::uint16_t port_;
  std::unique_ptr<test::unruly_server> server_;
};

/// ceil(replicas x utilisation / 0.80), at least 1: what the drop-in mode is to ask for.
int wanted_replicas(int replicas, double utilisation);

/// A good answer to a GET.
std::string status_answer(const std::string& document, const std::string& headers = "");

}  // namespace scaleit::e2e
