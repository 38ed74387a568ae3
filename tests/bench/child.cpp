#include "tests/bench/child.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace scaleit::bench {

namespace {

double seconds(const timeval& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
}

outcome collect(pid_t pid, int read_fd) {
  outcome out;
  char buffer[4096];
  for (ssize_t n = 0; (n = ::read(read_fd, buffer, sizeof buffer)) > 0;)
    out.output.append(buffer, static_cast<std::size_t>(n));
  ::close(read_fd);
  rusage used{};
  ::wait4(pid, &out.status, 0, &used);
  out.cpu_seconds = seconds(used.ru_utime) + seconds(used.ru_stime);
  out.rss_max_kb = used.ru_maxrss;
  return out;
}

/// Forks with a pipe from the child's standard output.
outcome fork_and_collect(const std::function<void()>& in_child) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error{"pipe"};
  std::fflush(nullptr);  // or the child has it, too, and says it again
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[0]);
    ::close(ends[1]);
    in_child();
    std::fflush(stdout);
    std::_Exit(0);
  }
  ::close(ends[1]);
  return collect(pid, ends[0]);
}

}  // namespace

outcome run(const std::function<void()>& body) { return fork_and_collect(body); }

outcome run(const std::vector<std::string>& command) {
  return fork_and_collect([&] {
    std::vector<char*> argv;
    argv.reserve(command.size() + 1);
    for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    ::execvp(argv[0], argv.data());
    std::perror(argv[0]);
    std::_Exit(127);
  });
}

background::background(const std::function<void(int)>& body) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error{"pipe"};
  std::fflush(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::close(ends[0]);
    body(ends[1]);
    std::_Exit(0);
  }
  ::close(ends[1]);
  read_fd_ = ends[0];
}

background::~background() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  ::close(read_fd_);
}

std::string background::read_line(std::chrono::milliseconds within) {
  const auto until = std::chrono::steady_clock::now() + within;
  std::string line;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    pollfd ready{read_fd_, POLLIN, 0};
    char c = 0;
    if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0 ||
        ::read(read_fd_, &c, 1) != 1 || c == '\n')
      return line;
    line += c;
  }
}

double cpu_seconds_of(pid_t pid) {
  // Nanoseconds, where stat(5) counts in hundredths of a second: an idle daemon uses few.
  double all = 0;
  std::error_code gone;
  const auto tasks = "/proc/" + std::to_string(pid) + "/task";
  for (const auto& task : std::filesystem::directory_iterator{tasks, gone}) {
    double ns = 0;
    std::ifstream{task.path() / "schedstat"} >> ns;
    all += ns / 1e9;
  }
  return all;
}

long rss_kb_of(pid_t pid) {
  std::ifstream statm{"/proc/" + std::to_string(pid) + "/statm"};
  long pages = 0, resident = 0;
  statm >> pages >> resident;
  return resident * (::sysconf(_SC_PAGESIZE) / 1024);
}

}  // namespace scaleit::bench
