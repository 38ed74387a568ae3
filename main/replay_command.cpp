#include "main/replay_command.hpp"

#include "main/exit_code.hpp"
#include "main/progress.hpp"
#include "main/streams.hpp"
#include "messages/text.hpp"
#include "record/record_reader.hpp"
#include "record/replay_output.hpp"
#include "record/replay_specs.hpp"
#include "spec/input_error.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace scaleit::main {

CLI::App* add_replay_command(CLI::App& root, replay_options& options) {
  auto* replay = root.add_subcommand(
      "replay", "Run a record's inputs through the decider again, and compare");
  replay
      ->add_option("RECORD", options.record,
                   "A record: a directory of segments, one file, or - for standard input")
      ->required();
  replay
      ->add_option("--spec", options.spec,
                   "Decide by the policy of this file (a config, or one target's spec) "
                   "instead of the recorded one")
      ->type_name("FILE");
  replay
      ->add_option("--from", options.from,
                   "Replay from this time on; what was before only rebuilds the memory")
      ->type_name("TIME");
  replay->add_option("--output", options.output, "table for people, json for machines")
      ->check(CLI::IsMember({"table", "json"}))
      ->type_name("table|json")
      ->capture_default_str();
  replay->footer(
      "TIME is RFC 3339, such as 2026-01-31T09:30:00Z.\n\n"
      "Exit codes: 0 every decision is as recorded, 1 one differs, 2 bad input, 3 "
      "failure "
      "at run time.");
  return replay;
}

time_point parse_time_option(std::string_view option, const std::string& text) {
  for (const char* rest : {"", "Z", "T00:00:00Z", ":00Z"})
    if (const auto t = parse_rfc3339(text + rest)) return *t;
  throw spec::input_error{
      fmt::format("{} '{}' is not valid; accepted: a time as RFC 3339 has it, such as "
                  "2026-01-31T09:30:00Z",
                  option, printable(text, 80))};
}

target_ptr recorded_or_complain(std::string_view target, const std::string& json) {
  auto [spec, problem] = record::replay_specs::recorded(target, json);
  if (!problem.empty()) complain("{}", problem);
  return spec;
}

namespace {

/// Tells what was wrong with the record, on standard error.
void tell(const record::record_report& report) {
  for (const auto& sentence : report.sentences()) complain("{}", sentence);
}

/// Nothing could be decided: that is no answer, and why is worth a sentence.
void require_specs(const record::replayer& replay, const record::replay_specs& specs,
                   std::uint64_t decisions, const std::string& record) {
  if (replay.without_spec() == 0) return;
  std::string lacking;
  for (const auto& [name, t] : replay.targets())
    if (!t.spec) lacking += (lacking.empty() ? "" : ", ") + name;
  const auto sentence = fmt::format(
      "'{}' has {} {} before it tells the spec of their target{}{}",
      printable(record, 200), replay.without_spec(),
      replay.without_spec() == 1 ? "poll" : "polls",
      lacking.empty() ? "" : fmt::format(" ({}: never)", printable(lacking)),
      specs.names().empty() ? ", as when its beginning is gone; --spec FILE brings a spec"
                            : "; --spec has " + specs.names());
  if (decisions == 0) throw spec::input_error{sentence};
  complain("{}: left out", sentence);
}

/// A policy that was asked for and is for nobody here is a mistake.
void require_match(const record::replayer& replay, const record::replay_specs& specs,
                   const replay_options& options) {
  if (!options.spec || replay.targets().empty()) return;
  std::string held;
  for (const auto& [name, t] : replay.targets()) {
    if (specs.given(name)) return;
    held += (held.empty() ? "" : ", ") + name;
  }
  throw spec::input_error{fmt::format("--spec '{}' is for {}; the record holds {}",
                                      printable(*options.spec, 200), specs.names(),
                                      printable(held))};
}

}  // namespace

int run_replay(const replay_options& options) {
  const record::replay_specs specs{options.spec};
  record::replay_options how;
  if (options.from) how.from = parse_time_option("--from", *options.from);
  if (options.spec)
    how.spec_for = [&](std::string_view target) { return specs.given(target); };
  how.parse_spec = recorded_or_complain;
  record::replay_output out{options.output == "json" ? record::replay_format::json
                                                     : record::replay_format::table,
                            put};
  how.decided = [&](const record::replayed& x) { out.add(x); };

  record::replayer replay{std::move(how)};
  try {
    record::record_reader reader{options.record, record::event_reader::steps::read};
    progress bar;
    record::recorded_event e;
    for (std::uint64_t n = 0; reader.next(e); ++n) {
      replay.feed(e);
      if (n % 4096 == 0) bar.show(reader.bytes_read(), reader.bytes_total());
    }
    replay.finish();
    tell(reader.report());
    if (const auto& r = reader.report(); r.events == 0 && r.unknown == 0)
      throw spec::input_error{fmt::format("'{}' holds no event that can be read",
                                          printable(options.record, 200))};
  } catch (const record::record_error& e) {
    throw spec::input_error{e.what()};
  }
  require_match(replay, specs, options);
  require_specs(replay, specs, out.counts().decisions, options.record);
  out.finish(replay.targets().size());
  return out.counts().differ > 0 ? exit_code::no : exit_code::success;
}

}  // namespace scaleit::main
