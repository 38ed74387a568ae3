// Waits for standard input or output without making it non-blocking.
//
// Asio does that to every descriptor that it waits for, and the flag belongs to whoever
// shares the terminal or the pipe: the shell, `cat` behind us in a script. What Asio
// waits for here is a descriptor of our own, an epoll instance in which the shared one
// is.
#pragma once

#include "messages/descriptor.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <functional>
#include <sys/epoll.h>
#include <utility>

namespace scaleit::main {

class shared_descriptor {
 public:
  /// `events` as epoll_ctl(2) takes them; EPOLLERR and EPOLLHUP are always among them.
  shared_descriptor(boost::asio::io_context& io, int fd, std::uint32_t events)
      : own_(io) {
    descriptor poll{::epoll_create1(EPOLL_CLOEXEC)};
    epoll_event e{};
    e.events = events;
    // A file is always ready, and cannot be waited for.
    if (!poll.is_open() || ::epoll_ctl(poll.get(), EPOLL_CTL_ADD, fd, &e) != 0) return;
    boost::system::error_code ignored;
    own_.assign(::dup(poll.get()), ignored);
  }

  /// Calls `ready` once, when one of the events is there; never for a file.
  void wait(std::function<void()> ready) {
    if (!own_.is_open()) return;
    own_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                    [ready = std::move(ready)](const boost::system::error_code& e) {
                      if (!e) ready();
                    });
  }

 private:
  boost::asio::posix::stream_descriptor own_;
};

}  // namespace scaleit::main
