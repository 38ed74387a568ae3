// Answers to scrapes of /metrics.
//
// Few series are one short answer. With 50,000 targets there are 20 MB of them, whose
// text takes a second to make and, for a slow client, minutes to send. So they are
// made and sent piece by piece: between two pieces the thread answers others, that ask
// for health above all, and a client costs one bounded buffer. Values of other pieces
// may be younger; each series has one line, and each family stands together.
#pragma once

#include "net/event_loop.hpp"
#include "net/server.hpp"
#include "telemetry/families.hpp"
#include "telemetry/process.hpp"

#include <string_view>

namespace scaleit::telemetry {

class scrapes {
 public:
  /// Both outlive this, and every answer that is under way on the loop.
  scrapes(net::event_loop& loop, families& all) : loop_(loop), all_(all) {}

  /// On the loop's thread.
  void answer(std::string_view accept, net::responder to);

 private:
  net::event_loop& loop_;
  families& all_;
  process process_;
};

}  // namespace scaleit::telemetry
