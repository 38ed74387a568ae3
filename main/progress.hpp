// A bar on a terminal for what takes long, and nothing anywhere else.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace scaleit::main {

class progress {
 public:
  progress();
  ~progress();
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  /// Cheap: draws a few times a second at most. `total`: nothing if not known.
  void show(std::uint64_t done, std::optional<std::uint64_t> total);

 private:
  void draw(std::uint64_t done, std::optional<std::uint64_t> total);
  bool visible_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace scaleit::main
