#include "main/stop_signals.hpp"

#include "main/streams.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <utility>

namespace scaleit::main {

using boost::asio::posix::stream_descriptor;

stop_signals::stop_signals() {
  sigset_t both;
  ::sigemptyset(&both);
  ::sigaddset(&both, SIGINT);
  ::sigaddset(&both, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &both, nullptr);
  signals_ = descriptor{::signalfd(-1, &both, SFD_CLOEXEC | SFD_NONBLOCK)};
}

void stop_signals::wait(boost::asio::io_context& io, std::function<void()> stop) {
  waiting_.emplace(io, ::dup(signals_.get()));
  waiting_->async_wait(stream_descriptor::wait_read,
                       [stop = std::move(stop)](const boost::system::error_code& e) {
                         if (!e) stop();
                       });
}

bool stop_signals::put(std::string_view text) const {
  while (!text.empty()) {
    std::array<pollfd, 2> either{
        {{STDOUT_FILENO, POLLOUT, 0}, {signals_.get(), POLLIN, 0}}};
    if (::poll(either.data(), either.size(), -1) < 0 && errno != EINTR)
      throw output_error{errno};
    if (either[1].revents != 0) return false;
    if (either[0].revents == 0) continue;
    // A pipe that has room has it for so many bytes.
    const auto n =
        ::write(STDOUT_FILENO, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (n >= 0)
      text.remove_prefix(static_cast<std::size_t>(n));
    else if (errno != EINTR && errno != EAGAIN)
      throw output_error{errno};
  }
  return true;
}

}  // namespace scaleit::main
