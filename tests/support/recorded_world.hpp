// A record that stands in for the network: the real actors run through it again, under
// virtual time, and meet the very answers that were recorded, at the very microseconds.
//
// For records of daemons in which no actor crashed: those polled on the same grid.
#pragma once

#include "messages/target_spec.hpp"
#include "record/event_reader.hpp"
#include "tests/support/virtual_loop.hpp"

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace scaleit::test {

/// What was decided and done, in a form in which two runs can be compared.
struct deed {
  std::string target;
  time_point time{};
  std::string what;  ///< `decided 10 -> 12 -> 12: target 10 12; ...`, `applied 10 -> 12`
  bool operator==(const deed&) const = default;
};

class recorded_world {
 public:
  explicit recorded_world(const std::filesystem::path& record);

  /// All decisions and applied scalings of the record, in its order.
  const std::vector<deed>& recorded() const { return recorded_; }
  /// The same of the real actors, run through it.
  std::vector<deed> run();

 private:
  struct poll {
    time_point answered{};
    std::optional<observation> seen;  ///< or else
    failure what;
  };
  struct put {
    time_point answered{};
    std::optional<failure> what;
    bool uncertain = false;  ///< if it failed
  };
  struct target {
    target_ptr spec;
    time_point added{};
    std::deque<poll> polls;
    std::deque<put> puts;
    std::optional<poll> now;  ///< the poll whose metrics are being asked for
  };

  void take(const record::recorded_event& e);
  reply answer(const net::http_request& r, time_point now);
  static http_response status_of(const target_spec& spec, const poll& p);

  time_point started_{};
  time_point ended_{};
  std::map<std::string, target> targets_;
  std::vector<deed> recorded_;
};

}  // namespace scaleit::test
