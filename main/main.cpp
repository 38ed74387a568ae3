// The `scaleit` binary: options in, exit code out. One file per command beside this.
#include "main/api_client.hpp"
#include "main/app_command.hpp"
#include "main/check_command.hpp"
#include "main/events_command.hpp"
#include "main/exit_code.hpp"
#include "main/explain_command.hpp"
#include "main/failure.hpp"
#include "main/logging.hpp"
#include "main/replay_command.hpp"
#include "main/run_command.hpp"
#include "main/signals.hpp"
#include "main/streams.hpp"
#include "main/targets_command.hpp"
#include "main/top_command.hpp"
#include "spec/config_file.hpp"
#include "spec/input_error.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <exception>
#include <sstream>
#include <string>

using namespace scaleit::main;

namespace {

/// The first line of `text`: errors are one line.
std::string one_line(const std::string& text) { return text.substr(0, text.find('\n')); }

int dispatch(int argc, char** argv) {
  CLI::App root{
      "ScaleIt holds a metric of your applications at its target by changing their "
      "replica counts."};
  root.name("scaleit");
  root.set_version_flag("--version", "scaleit " SCALEIT_VERSION);
  root.require_subcommand(0, 1);  // that there is one is checked last: it names nothing
  root.failure_message([](const CLI::App*, const CLI::Error& e) {
    return fmt::format("scaleit: {} (see scaleit --help)\n", one_line(e.what()));
  });
  run_options run;
  app_options app;
  check_options check;
  schema_options schema;
  replay_options replay;
  explain_options explain;
  events_options events;
  targets_options targets;
  top_options top;
  reload_options reload;
  auto* run_command = add_run_command(root, run);
  auto* app_command = add_app_command(root, app);
  auto* check_command = add_check_command(root, check);
  auto* schema_command = add_schema_command(root, schema);
  auto* replay_command = add_replay_command(root, replay);
  auto* explain_command = add_explain_command(root, explain);
  auto* events_command = add_events_command(root, events);
  auto* targets_command = add_targets_command(root, targets);
  auto* top_command = add_top_command(root, top);
  auto* reload_command = add_reload_command(root, reload);
  try {
    root.parse(argc, argv);
  } catch (const CLI::ParseError& e) {  // or no error: --help, --version
    std::ostringstream out, err;
    const int code = root.exit(e, out, err);
    put(out.str());
    if (code == 0) return exit_code::success;
    put_error(one_line(err.str()));
    return exit_code::bad_input;
  }
  if (run_command->parsed()) return run_run(run);
  if (app_command->parsed()) return run_app(app);
  if (check_command->parsed()) return run_check(check);
  if (schema_command->parsed()) return run_schema(schema);
  if (replay_command->parsed()) return run_replay(replay);
  if (explain_command->parsed()) return run_explain(explain);
  if (events_command->parsed()) return run_events(events);
  if (targets_command->parsed()) return run_targets(targets);
  if (top_command->parsed()) return run_top(top);
  if (reload_command->parsed()) return run_reload(reload);
  throw scaleit::spec::input_error{"a command is required (see scaleit --help)"};
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_streams();
  make_writes_fail_quietly();
  try {
    return dispatch(argc, argv);
  } catch (const scaleit::spec::bad_config& e) {
    for (const auto& line : e.lines) put_error(line);
    return exit_code::bad_input;
  } catch (const scaleit::spec::input_error& e) {
    complain("{}", e.what());
    return exit_code::bad_input;
  } catch (const api_refusal& e) {
    for (const auto& line : e.lines()) complain("{}", line);
    return e.exit_code();
  } catch (const api_unreachable& e) {
    complain("{}", e.what());
    return exit_code::failure;
  } catch (const output_error& e) {
    // As the signal would have ended it: who reads no more has no use for a complaint.
    if (e.nobody_reads) return exit_code::nobody_reads;
    complain("{}", e.what());
    return exit_code::failure;
  } catch (const std::exception& e) {
    stop_log();  // first what led to it
    complain("{}", failure_sentence(e));
    return exit_code::failure;
  }
}
