#include "main/events_command.hpp"

#include "main/event_follower.hpp"
#include "main/event_text.hpp"
#include "main/exit_code.hpp"
#include "main/streams.hpp"
#include "messages/event.hpp"
#include "messages/near_miss.hpp"
#include "messages/text.hpp"
#include "record/line_reader.hpp"
#include "record/record_files.hpp"
#include "spec/input_error.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace scaleit::main {

CLI::App* add_events_command(CLI::App& root, events_options& options) {
  auto* events = root.add_subcommand(
      "events", "Print what happens in a running daemon, or happened in a record");
  events->add_option("TARGET", options.targets,
                     "Only of these targets (default: of all)");
  events
      ->add_option("--type", options.types,
                   "Only of this type, such as scale.applied; may be repeated")
      ->type_name("TYPE")
      ->allow_extra_args(false);
  events->add_flag("-f,--follow", options.follow,
                   "Go on as events happen, also after the connection was lost; without "
                   "it: what the daemon still has");
  events->add_option("--after", options.after, "Begin behind the event of this id")
      ->type_name("ID");
  events
      ->add_option("--record", options.record,
                   "Of a record: a directory of segments, one file, or - for standard "
                   "input")
      ->type_name("RECORD");
  events
      ->add_option("-o,--output", options.output,
                   "text: a line for people (default on a terminal); json: a CloudEvent "
                   "per line")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("text|json");
  add_api_options(*events, options.api);
  return events;
}

namespace {

template <std::size_t... I>
std::array<std::string_view, event_kinds> type_names(std::index_sequence<I...>) {
  return {std::variant_alternative_t<I, event::payload>::type...};
}

/// Types of a newer daemon are none of ours, but typing mistakes are likelier.
std::vector<std::string> types_of(const events_options& options) {
  static const auto known = type_names(std::make_index_sequence<event_kinds>{});
  std::vector<std::string> all;
  for (const auto& given : options.types) {
    all.push_back(whole_type(given));
    if (std::ranges::find(known, all.back()) != known.end()) continue;
    const auto meant = nearest(all.back(), known);
    throw spec::input_error{fmt::format(
        "--type '{}' is no type of event; {}", printable(given, 80),
        meant.empty() ? std::string{"accepted: status.observed, decision.made, "
                                    "scale.applied and the others of `scaleit schema "
                                    "--events`"}
                      : fmt::format("did you mean '{}'?", meant))};
  }
  return all;
}

/// What is one of them, or if there are none, all.
bool is_among(const std::vector<std::string>& all, std::string_view one) {
  return all.empty() || std::ranges::find(all, one) != all.end();
}

bool is_text_wanted(const events_options& options) {
  return options.output ? *options.output == "text" : ::isatty(STDOUT_FILENO) == 1;
}

/// One event's line, as it came or for people. Nothing if it is not JSON.
std::string line_of(const std::string& json, bool as_text) {
  if (!as_text) return json + '\n';
  try {
    return event_text(*spec::parse_document(json)) + '\n';
  } catch (const spec::document_error&) {
    complain("an event cannot be read: {}", printable(json, 80));
    return {};
  }
}

std::uint64_t id_of(const spec::document& event) {
  const auto* id = event.find("id");
  const auto n = id == nullptr ? std::nullopt : finite_number(id->value->scalar);
  return n && *n >= 0 ? static_cast<std::uint64_t>(*n) : 0;
}

/// The lines of the record as they stand there; what is damaged is counted.
class recorded_lines {
 public:
  recorded_lines(const events_options& options, std::vector<std::string> types)
      : options_(options), types_(std::move(types)), as_text_(is_text_wanted(options)) {
    if (options.after) after_ = *finite_number(*options.after);
  }

  int run() {
    const auto& record = *options_.record;
    try {
      if (!std::filesystem::is_directory(record)) {
        read(record);
      } else {
        const auto segments = record::list_segments(record);
        for (const auto& s : segments)
          read(std::filesystem::path{record} /
               record::segment_name(s.first_id, s.compressed));
        if (segments.empty())
          throw spec::input_error{
              fmt::format("'{}' holds no segments of a record", printable(record))};
      }
    } catch (const std::system_error& e) {
      throw spec::input_error{
          fmt::format("'{}' cannot be read: {}", printable(record), e.code().message())};
    }
    if (damaged_ > 0)
      complain("{} line{} of the record cannot be read: passed over", damaged_,
               damaged_ == 1 ? "" : "s");
    return exit_code::success;
  }

 private:
  void read(const std::string& file) {
    record::line_reader lines;
    lines.open(std::make_unique<record::source>(file));
    record::line l;
    while (lines.next(l)) take(l.too_long ? std::string{} : std::string{l.text, l.size});
  }

  void take(const std::string& text) try {
    if (!text.starts_with('{')) return void(++damaged_);
    const auto event = spec::parse_document(text);
    if (!is_among(options_.targets, target_of(*event)) ||
        !is_among(types_, type_of(*event)))
      return;
    if (after_ > 0 && static_cast<double>(id_of(*event)) <= after_) return;
    as_text_ ? print("{}\n", event_text(*event)) : print("{}\n", text);
  } catch (const spec::document_error&) {
    ++damaged_;
  }

  const events_options& options_;
  std::vector<std::string> types_;
  bool as_text_;
  double after_ = 0;
  std::uint64_t damaged_ = 0;
};

void check(const events_options& options) {
  if (options.after) {
    const auto n = finite_number(*options.after);
    if (!n || options.after->find_first_not_of("0123456789") != std::string::npos)
      throw spec::input_error{
          fmt::format("--after '{}' is not valid; accepted: the id of an event, a whole "
                      "number",
                      printable(*options.after, 80))};
  }
  if (options.record && options.follow)
    throw spec::input_error{
        "--follow is of a running daemon, and --record of what is over: accepted is one "
        "of them"};
}

}  // namespace

int run_events(const events_options& options) {
  check(options);
  auto types = types_of(options);
  if (options.record) return recorded_lines{options, std::move(types)}.run();
  const bool as_text = is_text_wanted(options);
  follow_request request;
  request.targets = options.targets;
  request.types = std::move(types);
  request.forever = options.follow;
  // Those that the daemon still has are all behind 0.
  if (options.after || !options.follow) request.after = options.after.value_or("0");
  request.text_of = [as_text](const std::string& json) { return line_of(json, as_text); };
  return follow_events(find_api(options.api), request);
}

}  // namespace scaleit::main
