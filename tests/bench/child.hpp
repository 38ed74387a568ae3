// Processes to measure: each measurement runs in a child of its own, so that its CPU
// time and memory are the kernel's account of it and nothing else's.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace scaleit::bench {

struct outcome {
  std::string output;      ///< what it wrote to standard output
  double cpu_seconds = 0;  ///< user and system
  long rss_max_kb = 0;
  int status = 0;  ///< as wait(2) gives it
};

/// Runs `body` in a forked child, with its standard output captured.
outcome run(const std::function<void()>& body);

/// Runs a program, found along PATH.
outcome run(const std::vector<std::string>& command);

/// A forked child that runs until it is destroyed (SIGKILL).
class background {
 public:
  explicit background(const std::function<void(int write_fd)>& body);
  ~background();
  background(const background&) = delete;
  background& operator=(const background&) = delete;
  pid_t pid() const { return pid_; }
  /// The next line the child wrote to its pipe; empty at its end, or when it took longer.
  std::string read_line(std::chrono::milliseconds within = std::chrono::seconds{20});

 private:
  pid_t pid_ = -1;
  int read_fd_ = -1;
};

/// CPU seconds and resident memory of a running process, from /proc.
double cpu_seconds_of(pid_t pid);
long rss_kb_of(pid_t pid);

}  // namespace scaleit::bench
