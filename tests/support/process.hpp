// Real processes for the tests that run the real binary: started in a directory
// and with an environment of their own, watched with deadlines, and gone with
// this object, or with the test, whatever happens.
#pragma once

#include "tests/support/patience.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <thread>
#include <vector>

namespace scaleit::test {

/// A new empty directory that is removed, with all that is in it, at the end.
class temporary_directory {
 public:
  temporary_directory();
  ~temporary_directory();
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// Creates the file and answers its path.
  std::string write(const std::string& name, std::string_view text) const;

 private:
  std::filesystem::path path_;
};

/// Asks every few milliseconds until it holds. False when it never did.
template <class Condition>
bool eventually(Condition holds,
                std::chrono::milliseconds within = std::chrono::seconds{10}) {
  const auto deadline = std::chrono::steady_clock::now() + patience * within;
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return true;
}

enum class stderr_to { file, pipe };

struct process_options {
  std::vector<std::string> command;  ///< the program's path and its arguments
  /// All there is of an environment, but for the sanitizers' options.
  std::map<std::string, std::string> environment = {};
  std::filesystem::path directory = ".";
  std::string stdin_file = "/dev/null";
  /// A pipe holds 4 KiB and is read by `read_pipe()` only.
  stderr_to errors = stderr_to::file;
};

/// To be started from the test's main thread: the process dies with that.
class process {
 public:
  explicit process(const process_options& o);
  ~process();
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  pid_t id() const { return id_; }
  void signal(int number) const;
  /// The exit code, or 128 + the signal that ended it; nothing if it runs on.
  std::optional<int> wait(std::chrono::milliseconds within = std::chrono::seconds{10});
  bool running() { return !wait(std::chrono::milliseconds{0}); }

  /// All that was written so far.
  std::string out() const;
  std::string err() const;
  /// What the pipe holds now, up to 4 KiB; waits for the first byte.
  std::string read_pipe() const;
  void close_pipe();

  /// CPU time used so far, and memory resident now (proc(5)).
  double cpu_seconds() const;
  std::size_t resident_bytes() const;

 private:
  std::string proc_file(const char* name) const;

  temporary_directory files_;
  pid_t id_ = -1;
  int pipe_ = -1;
  std::optional<int> ended_;
};

inline bool has(std::string_view text, std::string_view what) {
  return text.find(what) != std::string_view::npos;
}
/// The whole file; empty when it cannot be read.
std::string text_of(const std::filesystem::path& file);
std::size_t count_of(std::string_view what, std::string_view text);
std::vector<std::string> lines_of(const std::string& text);

}  // namespace scaleit::test
