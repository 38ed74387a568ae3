// An answer that is written piece by piece, for as long as it takes: events for
// whoever listens, or a document too long to be held as a whole.
//
// A client that reads slower than the stream is written costs one bounded buffer.
// When that is full, a piece is not taken, and whoever writes decides: wait for
// room, leave pieces out, or let the client go.
#pragma once

#include "messages/bounds.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace scaleit::net {

/// Why a stream is over.
enum class stream_end : std::uint8_t {
  complete,  ///< ended by the writer, and handed to the system to the last byte
  cut,       ///< by the writer, without an end
  left,      ///< the client closed, or its connection broke
  stalled,   ///< the client has read nothing for too long
  stopped    ///< the server ended
};

struct stream_options {
  std::size_t buffer_bytes_max = bounds::stream_buffer_bytes_max;
  /// The stream is a document with an end of its own. Such a one is never ended early
  /// as if it were whole, and a client that closes its sending side still gets it all.
  bool finite = false;
  /// Both are called on the server's loop, never from within a call of the writer's.
  /// `on_close` is called once, unless the writer was closed from the start.
  std::function<void(stream_end)> on_close = {};
  /// After a piece was not taken: at least half of the buffer is free again.
  std::function<void()> on_room = {};
};

/// The writing end. Movable; each call from any thread, and none ever waits.
/// Outliving connection, server or loop is harmless. Dropped before end() it cuts
/// the answer, so that a client does not take a part for the whole.
class stream_writer {
 public:
  class channel;
  enum class outcome : std::uint8_t {
    taken,   ///< whole
    full,    ///< nothing of it, as the client has not read enough
    closed,  ///< nothing, now or later
  };

  /// Closed from the start, as for a HEAD request or a client that has left.
  stream_writer() = default;
  explicit stream_writer(std::shared_ptr<channel> c);
  stream_writer(stream_writer&&) noexcept;
  stream_writer& operator=(stream_writer&&) noexcept;
  ~stream_writer();

  /// A piece larger than the buffer is never taken.
  outcome write(std::string_view piece);
  /// No more pieces; those that were taken are still sent.
  void end();
  /// Closes the connection in the middle of the answer.
  void cut();
  bool open() const;

 private:
  std::shared_ptr<channel> channel_;
};

}  // namespace scaleit::net
