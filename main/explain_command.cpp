#include "main/explain_command.hpp"

#include "main/api_client.hpp"
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

#include <optional>
#include <set>
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
  explain
      ->add_option("-o,--output", options.output,
                   "Of a running daemon: text for people, json for machines")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("text|json")
      ->capture_default_str();
  add_api_options(*explain, options.api);
  explain->footer("TIME is RFC 3339, such as 2026-01-31T09:30:00Z.");
  return explain;
}

namespace {

std::string listed(const std::set<std::string, std::less<>>& names) {
  std::string all;
  for (const auto& n : names) all += (all.empty() ? "" : ", ") + n;
  return all.empty() ? "no target" : printable(all);
}

/// The record up to a moment, replayed, and what is to be said of it.
class telling {
 public:
  telling(const explain_options& options, const record::replay_specs& specs,
          time_point at)
      : target_(options.target),
        asked_(options.at.has_value()),
        at_(at),
        story_(options.target),
        replay_(replaying(options, specs)) {}

  /// Where the clock was set back there may be several last events before the moment:
  /// the one nearest to it counts.
  void feed(const record::recorded_event& e) {
    if (!e.name.empty() && !targets_.contains(e.name)) targets_.emplace(e.name);
    if (asked_ && last_ && (e.time > at_ || e.time < *last_)) conclude(replay_, story_);
    story_.feed(e);
    replay_.feed(e);
    last_ = e.time > at_ ? std::nullopt : std::optional{e.time};
  }

  /// When all was fed. Throws input_error when there is nothing to say.
  std::string text() {
    conclude(std::move(replay_), std::move(story_));
    if (!targets_.contains(target_))
      throw spec::input_error{fmt::format("'{}' is not in the record; it has {}",
                                          printable(target_, 80), listed(targets_))};
    if (text_.empty())
      throw spec::input_error{fmt::format("'{}' is not in the record until {}",
                                          printable(target_, 80), to_rfc3339(at_))};
    return text_;
  }

 private:
  record::replay_options replaying(const explain_options& options,
                                   const record::replay_specs& specs) {
    record::replay_options how;
    if (options.spec)
      how.spec_for = [&](std::string_view target) { return specs.given(target); };
    how.parse_spec = [&](std::string_view target, const std::string& json) {
      return target == target_ ? recorded_or_complain(target, json) : nullptr;
    };
    how.decided = [this](const record::replayed& x) { told_->decided(x); };
    return how;
  }

  /// What is to be said if the last event was the one asked for.
  void conclude(record::replayer replay, record::explanation story) {
    if (!last_ || last_ < text_of_ || !story.has_seen()) return;
    text_of_ = *last_;
    told_ = &story;
    replay.finish();
    told_ = &story_;
    text_ = story.text(asked_ ? at_ : *last_, replay.find(target_));
  }

  const std::string& target_;
  const bool asked_;
  const time_point at_;
  record::explanation story_;
  record::explanation* told_ = &story_;
  record::replayer replay_;
  std::set<std::string, std::less<>> targets_;
  std::optional<time_point> last_;  ///< the last event's, unless that is later than asked
  time_point text_of_ = time_point::min();
  std::string text_;
};

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
    if (json) answer = spec::pretty_json(*api.read(answer));
    put(answer.ends_with('\n') ? answer : answer + "\n");
  } catch (const api_refusal& e) {
    for (const auto& line : e.lines(options.target)) complain("{}", line);
    return e.exit_code();
  }
  return exit_code::success;
}

int explain_record(const explain_options& options) {
  if (options.output == "json")
    throw spec::input_error{"--output json is of a running daemon, not of --record"};
  const auto at = options.at ? parse_time_option("--at", *options.at) : time_point::max();
  const record::replay_specs specs{options.spec};
  telling it{options, specs, at};
  try {
    record::record_reader reader{*options.record, record::event_reader::steps::read};
    progress bar;
    record::recorded_event e;
    for (std::uint64_t n = 0; reader.next(e); ++n) {
      if (n % 4096 == 0) bar.show(reader.bytes_read(), reader.bytes_total());
      it.feed(e);
    }
    put(it.text());
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
