#include "main/explain_command.hpp"

#include "main/api_client.hpp"
#include "main/exit_code.hpp"
#include "main/progress.hpp"
#include "main/replay_command.hpp"
#include "main/streams.hpp"
#include "messages/text.hpp"
#include "record/past_account.hpp"
#include "record/record_reader.hpp"
#include "record/replay_specs.hpp"
#include "spec/input_error.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

namespace scaleit::main {

CLI::App* add_explain_command(CLI::App& root, explain_options& options) {
  auto* explain = root.add_subcommand(
      "explain", "Say why a target has the replicas it has, step by step");
  explain->add_option("TARGET", options.target, "The target's name")->required();
  explain
      ->add_option("--record", options.record,
                   "A record: a directory of segments, one file, or - for standard input "
                   "(default: ask a running daemon)")
      ->type_name("RECORD");
  explain
      ->add_option("--at", options.at,
                   "The moment to explain (default: the record's end, or now)")
      ->type_name("TIME");
  explain
      ->add_option("--spec", options.spec,
                   "The policy, if the record does not hold it: a config, or one "
                   "target's spec")
      ->type_name("FILE");
  explain->add_option("-o,--output", options.output, "text for people, json for machines")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("text|json")
      ->capture_default_str();
  add_api_options(*explain, options.api);
  explain->footer("TIME is RFC 3339, such as 2026-01-31T09:30:00Z.");
  return explain;
}

namespace {

/// What the daemon says itself, which knows what it remembers.
int ask_daemon(const explain_options& options) {
  if (options.spec)
    throw spec::input_error{
        "--spec needs --record RECORD: a running daemon explains by its own policy"};
  const bool json = options.output == "json";
  api_request r{net::verb::get, target_path(options.target, "/explain")};
  r.accept = json ? "application/json" : "text/plain";
  if (options.at)
    r.path += "?at=" + path_segment(to_rfc3339(parse_time_option("--at", *options.at)));
  api_client api{find_api(options.api)};
  try {
    auto answer = api.ask(r);
    if (json)
      answer = spec::pretty_json(*api.read(answer));
    else if (!answer.starts_with(printable(options.target)))
      throw api.no_daemon();
    put(answer.ends_with('\n') ? answer : answer + "\n");
  } catch (const api_refusal& e) {
    for (const auto& line : e.lines(options.target)) complain("{}", line);
    return e.exit_code();
  }
  return exit_code::success;
}

int explain_record(const explain_options& options) {
  std::optional<time_point> at;
  if (options.at) at = parse_time_option("--at", *options.at);
  const record::replay_specs specs{options.spec};
  record::past_account it{options.target, at, specs,
                          [](const std::string& what) { complain("{}", what); }};
  try {
    record::record_reader reader{*options.record, record::event_reader::steps::read};
    progress bar;
    record::recorded_event e;
    for (std::uint64_t n = 0; reader.next(e); ++n) {
      if (n % 4096 == 0) bar.show(reader.bytes_read(), reader.bytes_total());
      it.feed(e);
    }
    const auto told = it.finish();
    if (options.output == "json") {
      std::string json;
      append_json(json, told);
      put(json + "\n");
    } else {
      put(text_of(told));
    }
    for (const auto& sentence : reader.report().sentences()) complain("{}", sentence);
  } catch (const record::record_error& e) {
    throw spec::input_error{e.what()};
  }
  return exit_code::success;
}

}  // namespace

int run_explain(const explain_options& options) {
  return options.record ? explain_record(options) : ask_daemon(options);
}

}  // namespace scaleit::main
