// Who reports statuses, and remembers what became of each.
#pragma once

#include "actors/control_loop.hpp"
#include "tests/support/builders.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace scaleit::test {

/// The application of app_spec(), which reports instead of being asked.
inline target_spec pushed_spec(std::string name = "app") {
  auto s = app_spec(std::move(name));
  s.status.url.clear();
  s.status.push = true;
  return s;
}

/// cpu from the report, queue from a server of its own.
inline target_spec with_queue(target_spec s) {
  metric_spec queue{"queue", "/value", metric_type::average_value, 30};
  queue.url = "http://queue/v";
  s.metrics.push_back(queue);
  return s;
}

inline std::string document(int replicas, double cpu) {
  return fmt::format(R"({{"cpu":{{"highPriority":{}}},"replicas":{}}})", cpu, replicas);
}

class reports {
 public:
  explicit reports(actors::control_loop& to) : to_(to) {}

  void report(std::string body, const std::string& target = "app") {
    ++sent;
    // The loop may outlive this.
    std::shared_ptr<int> calls{new int{0}, [all = all_](const int* n) {
                                 if (*n == 0) ++all->uncalled;
                                 delete n;
                               }};
    to_.report(target, std::move(body), [all = all_, calls](actors::report_outcome&& x) {
      if (++*calls > 1) ++all->called_again;
      all->outcomes.push_back(std::move(x));
    });
  }

  static std::string name_of(actors::report_end e) {
    constexpr const char* names[] = {"decided", "unreadable", "unknown",
                                     "busy",    "down",       "stopping"};
    return names[static_cast<std::size_t>(e)];
  }
  std::string ends() const {
    std::string all;
    for (const auto& o : outcomes()) all += (all.empty() ? "" : " ") + name_of(o.what);
    return all;
  }
  std::size_t count(const std::string& end) const {
    std::size_t n = 0;
    for (const auto& o : outcomes()) n += name_of(o.what) == end ? 1 : 0;
    return n;
  }

  const std::vector<actors::report_outcome>& outcomes() const { return all_->outcomes; }
  /// Destroyed without a word.
  std::size_t uncalled() const { return all_->uncalled; }
  std::size_t called_again() const { return all_->called_again; }

  std::size_t sent = 0;

 private:
  struct tally {
    std::vector<actors::report_outcome> outcomes;
    std::size_t uncalled = 0;
    std::size_t called_again = 0;
  };
  actors::control_loop& to_;
  std::shared_ptr<tally> all_ = std::make_shared<tally>();
};

}  // namespace scaleit::test
