#include "main/explain_command.hpp"

#include "main/exit_code.hpp"
#include "main/progress.hpp"
#include "main/replay_command.hpp"
#include "main/streams.hpp"
#include "messages/text.hpp"
#include "record/explanation.hpp"
#include "record/record_reader.hpp"
#include "record/replay_specs.hpp"
#include "spec/input_error.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <set>

namespace scaleit::main {

CLI::App* add_explain_command(CLI::App& root, explain_options& options) {
  auto* explain = root.add_subcommand(
      "explain", "Say why a target has the replicas it has, step by step");
  explain->add_option("TARGET", options.target, "The target's name")->required();
  explain
      ->add_option("--record", options.record,
                   "A record: a directory of segments, one file, or - for standard input")
      ->type_name("RECORD");
  explain
      ->add_option("--at", options.at,
                   "The moment to explain (default: the record's end)")
      ->type_name("TIME");
  explain
      ->add_option("--spec", options.spec,
                   "The policy, if the record does not hold it: a config, or one "
                   "target's spec")
      ->type_name("FILE");
  explain->footer("TIME is RFC 3339, such as 2026-01-31T09:30:00Z.");
  return explain;
}

namespace {

std::string listed(const std::set<std::string, std::less<>>& names) {
  std::string all;
  for (const auto& n : names) all += (all.empty() ? "" : ", ") + n;
  return all.empty() ? "no target" : printable(all);
}

/// Everything of the record up to `at` goes through the replay and the explanation.
/// Answers the time of the last event.
time_point follow(record::record_reader& reader, time_point at, record::replayer& replay,
                  record::explanation& story,
                  std::set<std::string, std::less<>>& targets) {
  time_point last{};
  progress bar;
  record::recorded_event e;
  for (std::uint64_t n = 0; reader.next(e); ++n) {
    if (n % 4096 == 0) bar.show(reader.bytes_read(), reader.bytes_total());
    if (!e.name.empty() && !targets.contains(e.name)) targets.emplace(e.name);
    if (e.time > at) continue;
    last = e.time;  // not the latest: the clock may have been set back
    story.feed(e);
    replay.feed(e);
  }
  replay.finish();
  return last;
}

}  // namespace

int run_explain(const explain_options& options) {
  if (!options.record)
    throw spec::input_error{
        "explain needs --record RECORD: the directory that `scaleit run "
        "--record` writes"};
  const auto at = options.at ? parse_time_option("--at", *options.at) : time_point::max();
  const record::replay_specs specs{options.spec};
  record::explanation story{options.target};
  record::replay_options how;
  if (options.spec)
    how.spec_for = [&](std::string_view target) { return specs.given(target); };
  how.parse_spec = [&](std::string_view target, const std::string& json) {
    return target == options.target ? recorded_or_complain(target, json) : nullptr;
  };
  how.decided = [&](const record::replayed& x) { story.decided(x); };
  record::replayer replay{std::move(how)};
  std::set<std::string, std::less<>> targets;
  try {
    record::record_reader reader{*options.record, record::event_reader::steps::read};
    const auto last = follow(reader, at, replay, story, targets);
    if (!targets.contains(options.target))
      throw spec::input_error{fmt::format("'{}' is not in the record; it has {}",
                                          printable(options.target, 80),
                                          listed(targets))};
    if (!story.has_seen())
      throw spec::input_error{fmt::format("'{}' is not in the record until {}",
                                          printable(options.target, 80), to_rfc3339(at))};
    put(story.text(options.at ? at : last, replay.find(options.target)));
    for (const auto& sentence : reader.report().sentences()) complain("{}", sentence);
  } catch (const record::record_error& e) {
    throw spec::input_error{e.what()};
  }
  return exit_code::success;
}

}  // namespace scaleit::main
