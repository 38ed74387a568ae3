// The `scaleit` binary: options in, exit code out. One file per command beside this.
#include "main/app_command.hpp"
#include "main/check_command.hpp"
#include "main/exit_code.hpp"
#include "main/explain_command.hpp"
#include "main/replay_command.hpp"
#include "main/run_command.hpp"
#include "spec/config_file.hpp"
#include "spec/input_error.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <exception>
#include <string>

namespace {

using namespace scaleit::main;

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
  replay_options replay;
  explain_options explain;
  auto* run_command = add_run_command(root, run);
  auto* app_command = add_app_command(root, app);
  auto* check_command = add_check_command(root, check);
  auto* schema_command = add_schema_command(root);
  auto* replay_command = add_replay_command(root, replay);
  auto* explain_command = add_explain_command(root, explain);
  try {
    root.parse(argc, argv);
  } catch (const CLI::Success& e) {
    return root.exit(e);  // --help, --version
  } catch (const CLI::ParseError& e) {
    root.exit(e);
    return exit_code::bad_input;
  }
  if (run_command->parsed()) return run_run(run);
  if (app_command->parsed()) return run_app(app);
  if (check_command->parsed()) return run_check(check);
  if (schema_command->parsed()) return run_schema();
  if (replay_command->parsed()) return run_replay(replay);
  if (explain_command->parsed()) return run_explain(explain);
  throw scaleit::spec::input_error{"a command is required (see scaleit --help)"};
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return dispatch(argc, argv);
  } catch (const scaleit::spec::bad_config&) {
    return scaleit::main::exit_code::bad_input;
  } catch (const scaleit::spec::input_error& e) {
    fmt::print(stderr, "scaleit: {}\n", e.what());
    return scaleit::main::exit_code::bad_input;
  } catch (const std::exception& e) {
    fmt::print(stderr, "scaleit: {}\n", e.what());
    return scaleit::main::exit_code::failure;
  }
}
