// SIGINT and SIGTERM as something that can be waited for, beside whatever else: a reader
// who does not read must not keep the process from ending.
#pragma once

#include "messages/descriptor.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <functional>
#include <optional>
#include <string_view>

namespace scaleit::main {

class stop_signals {
 public:
  /// From now on they are not delivered in any other way, in this process.
  stop_signals();

  /// Calls `stop` when one comes; `io` runs what waits for it.
  void wait(boost::asio::io_context& io, std::function<void()> stop);
  /// Writes it to standard output, however slowly it is read. False: one of them came
  /// first, and the rest is not written. Throws output_error.
  bool put(std::string_view text) const;

 private:
  descriptor signals_;
  std::optional<boost::asio::posix::stream_descriptor> waiting_;
};

}  // namespace scaleit::main
