// The measurements of `make bench` and where their results go.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace scaleit::bench {

struct result {
  std::string name;  ///< "cycle/100"
  double value = 0;
  std::string unit;               ///< "us CPU"
  std::string reference;          ///< what it is compared with, or empty
  double ratio = 0;               ///< value / the reference's
  std::uint64_t samples = 1;      ///< what the value is made of
  std::uint64_t samples_min = 1;  ///< with fewer it says nothing
};
using results = std::vector<result>;

/// Nothing, or why this is no measurement: too few samples, or a figure that is not
/// finite and above zero. Nothing costs nothing, and takes no time.
std::optional<std::string> complaint_about(const result& r);

/// (a) CPU per cycle (poll, parse, decide, count, emit) beside wrk's per request.
void measure_cycles(results& out);
/// Only the cycles, in this process, for some seconds: something to attach a profiler to.
void profile_cycles(std::size_t connections);
/// From an answer that crosses the tolerance to the PUT's arrival at the server.
void measure_reaction(results& out);
/// (b) decide() alone, (c) an event to 1, 3 and 10 subscribers.
void measure_micro(results& out);
/// The record's part of it: an event written, an event read.
void register_record();
/// Decisions with every rule on, and a replay.
void register_decisions();
/// What the memory of one target takes.
void measure_memories(results& out);
/// (d) memory of idle targets, and the idle daemon.
void measure_idle(results& out);
/// The real daemon with 100 to 50,000 targets. Throws when something was not measured.
void measure_fleet(results& out);
/// How late polls of so many targets are, with and without log, scrapes and record.
/// Throws when nothing was measured.
void measure_lateness(results& out, std::size_t targets);

}  // namespace scaleit::bench
