#include "main/stop_signals.hpp"

#include "tests/support/catch.hpp"

#include <array>
#include <csignal>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

using namespace scaleit::main;

namespace {

/// What a process of its own answers that writes a megabyte to a pipe that nobody reads.
int told_to_stop(int signal) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const auto child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::alarm(30);
    const stop_signals stop;
    ::kill(::getpid(), signal);
    ::_exit(stop.put(std::string(1'000'000, 'x')) ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(ends[0]);
  ::close(ends[1]);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("a reader who does not read keeps nobody from ending") {
  CHECK(told_to_stop(SIGTERM) == 0);
  CHECK(told_to_stop(SIGINT) == 0);
}
