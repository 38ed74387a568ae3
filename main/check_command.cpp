#include "main/check_command.hpp"

#include "main/exit_code.hpp"
#include "main/streams.hpp"
#include "messages/text.hpp"
#include "record/event_schema.hpp"
#include "spec/config_file.hpp"
#include "spec/environment.hpp"
#include "spec/input_error.hpp"
#include "spec/spec_schema.hpp"

#include <CLI/CLI.hpp>

namespace scaleit::main {

CLI::App* add_check_command(CLI::App& root, check_options& options) {
  auto* check = root.add_subcommand(
      "check", "Validate a config file, or one TargetSpec: all that is wrong, at once");
  check->add_option("FILE", options.file, "YAML or JSON; - is standard input")
      ->required();
  check
      ->add_option("--env-file", options.env_file,
                   "Where variables of secrets are looked up, behind the environment "
                   "(default: .env, if there is one)")
      ->type_name("FILE");
  check->footer(
      "Exit codes: 0 valid (warnings may be on standard error), 2 not valid or not "
      "readable.");
  return check;
}

int run_check(const check_options& options) {
  const auto env = spec::environment::load(options.env_file, true);
  spec::secret_store secrets{env};
  for (const auto& line : env.warnings()) put_error("warning: " + line);
  const auto loaded = spec::load_config(options.file, spec::config_use::check, secrets);
  for (const auto& line : spec::told(loaded)) put_error(line);
  if (!loaded.good()) return exit_code::bad_input;
  const auto count = loaded.content.targets.size();
  print("{}: valid, {} target{}\n", printable(options.file), count,
        count == 1 ? "" : "s");
  return exit_code::success;
}

CLI::App* add_schema_command(CLI::App& root, schema_options& options) {
  auto* schema = root.add_subcommand(
      "schema", "Print the JSON Schema of config files, or of events (draft-07)");
  schema->add_flag("--events", options.events,
                   "Of events: the lines of a record, the `event` of a line of the log");
  return schema;
}

int run_schema(const schema_options& options) {
  put(options.events ? record::event_schema() : spec::config_schema());
  return exit_code::success;
}

}  // namespace scaleit::main
