// A status that comes by itself: what the application, or somebody for it, reports, and
// what became of that.
//
// Reports wait in the target's state and not in a mailbox, so that a crash loses at most
// the one in hand, and so that there is a bound to them.
#pragma once

#include "messages/event.hpp"
#include "messages/observation.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace scaleit::actors {

enum class report_end : std::uint8_t {
  decided,
  unreadable,  ///< it is no poll: nothing was told of it, and nothing decided
  unknown,     ///< there is no such target, or none any more
  busy,        ///< as many of this target wait as may
  down,        ///< the target's actors crash again and again, and wait for their start
  stopping,    ///< the daemon does
};

struct report_outcome {
  report_end what = report_end::decided;
  event_ptr decision{};  ///< a `scaleit.decision.made`, never of the shadow
  failure why{};         ///< of one that is unreadable
};

/// Called once, on the loop's thread, and must not throw. It is destroyed uncalled when
/// an actor dies that had the report in hand: then nobody knows what becomes of it.
using report_handler = std::function<void(report_outcome&&)>;
/// All who hear of one decision.
using report_handlers = std::vector<report_handler>;

inline void tell(const report_handlers& all, const report_outcome& what) {
  for (const auto& done : all)
    if (done) done(report_outcome{what});
}

/// A document that nobody has read yet.
struct status_report {
  std::string body;
  report_handler done;
};

}  // namespace scaleit::actors
