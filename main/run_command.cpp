#include "main/run_command.hpp"

#include "main/daemon.hpp"
#include "main/logging.hpp"
#include "messages/text.hpp"
#include "net/tls.hpp"
#include "spec/config_file.hpp"
#include "spec/drop_in.hpp"
#include "spec/environment.hpp"
#include "spec/input_error.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <exception>
#include <memory>
#include <stdexcept>

namespace scaleit::main {

namespace {

/// Now, rather than with the first poll over https: a daemon that cannot work says so at
/// its start.
void check_ca_file(const char* name, const std::string& file) {
  try {
    if (file.empty()) throw std::runtime_error{"no name is given"};
    net::tls_settings files;
    files.ca_file = file;
    net::make_tls_context(files);
  } catch (const std::exception& e) {
    throw spec::input_error{
        fmt::format("{}='{}' cannot be used: {}; accepted: a file of certificates in PEM",
                    name, printable(file, 200), printable(e.what(), 200))};
  }
}

/// An option, or else a variable; a variable that is empty is as good as unset, an option
/// is not. `use` gets the name to complain about and the value.
template <class F>
void setting(const std::optional<std::string>& option, const char* option_name,
             const spec::environment& env, const char* variable, F use) {
  if (option) return use(option_name, *option);
  const auto* value = env.find(variable);
  if (value == nullptr || value->empty()) return;
  try {
    use(variable, *value);
  } catch (const spec::input_error& e) {
    throw spec::input_error{e.what() + env.origin(variable)};
  }
}

/// What is to be scaled: what the config file says, or else the six variables.
void add_targets(const run_options& options, const spec::environment& env,
                 daemon_options& d) {
  d.secrets = std::make_shared<spec::secret_store>(env);
  if (!options.config) {
    auto settings = spec::read_drop_in(env);
    d.targets.push_back(std::make_shared<const target_spec>(std::move(settings.target)));
    for (auto& line : settings.warnings) d.warnings.push_back(std::move(line));
    return;
  }
  const auto loaded =
      spec::load_config(*options.config, spec::config_use::run, *d.secrets);
  const auto& [settings, targets] = spec::require_good(loaded);
  d.config_file = *options.config;
  d.settings = settings;
  d.watch_config = options.watch;
  d.metrics = spec::parse_listen("listen.metrics", settings.listen.metrics);
  d.api = spec::parse_listen("listen.api", settings.listen.api);
  d.api_chosen = settings.listen.api != spec::listen_spec{}.api;
  d.api_tls = settings.listen.api_tls;
  d.auth = settings.auth;
  d.insecure = settings.insecure;
  d.state = settings.state;
  if (settings.record) d.record = settings.record;
  for (const auto& t : targets)
    d.targets.push_back(std::make_shared<const target_spec>(t));
  for (const auto& line : spec::warnings_to_log(loaded)) d.warnings.push_back(line);
}

}  // namespace

CLI::App* add_run_command(CLI::App& root, run_options& options) {
  auto* run =
      root.add_subcommand("run", "Run the daemon: hold applications at their targets");
  run->add_option(
         "--config", options.config,
         "Config file of one or more targets, YAML or JSON (default: one target, "
         "from the environment)")
      ->type_name("FILE");
  run->add_flag("--watch", options.watch,
                "Read the config file again when it is another one (default; "
                "--watch=false: only on SIGHUP)");
  run->add_option("--env-file", options.env_file,
                  "File of KEY=value lines, behind the environment (default: .env, if "
                  "there is one)")
      ->type_name("FILE");
  run->add_option("--metrics-listen", options.metrics_listen,
                  "Where metrics and health are served (default: 0.0.0.0:8000; "
                  "SCALEIT_METRICS_LISTEN; port 0: any free one)")
      ->type_name("ADDR:PORT");
  run->add_option("--api-listen", options.api_listen,
                  "Where the API is served (default: 127.0.0.1:8001; "
                  "SCALEIT_API_LISTEN; port 0: any free one)")
      ->type_name("ADDR:PORT");
  run->add_option("--token-file", options.token_file,
                  "File with a token that may use the API, also to change things "
                  "(default: none)")
      ->type_name("FILE");
  run->add_option("--state", options.state,
                  "Directory to keep what is made through the API in (default: none; "
                  "SCALEIT_STATE)")
      ->type_name("DIR");
  run->add_option("--ca-file", options.ca_file,
                  "Certificates to trust for https, in PEM (default: the system's; "
                  "SCALEIT_CA_FILE)")
      ->type_name("FILE");
  run->add_option("--record", options.record,
                  "Directory to record all events in (default: none; SCALEIT_RECORD)")
      ->type_name("DIR");
  run->add_option("--log-format", options.log_format,
                  "text for people, json for machines")
      ->check(CLI::Validator{[](std::string& given) -> std::string {
                               if (given == "text" || given == "json") return {};
                               return "'" + printable(given, 40) +
                                      "' is not valid; accepted: text, json";
                             },
                             ""})
      ->type_name("text|json")
      ->capture_default_str();
  run->add_option(
         "--chaos", options.chaos,
         "A testing aid: the probability that a handled message makes that actor crash "
         "(poller, decider, actuator, telemetry, logger, recorder, api)")
      ->type_name("ACTOR=RATE,...");
  run->footer(
      "Environment (and env file), with defaults; the first five without --config:\n"
      "  APP_SERVICE_URL=http://localhost  scheme and host of the application\n"
      "  APP_SERVICE_PORT=8123             its port\n"
      "  SCALE_RESOLUTION_TIME=5           seconds between polls, or a duration such as "
      "1m30s\n"
      "  SCALE_METRIC=0.80                 the value at which the metric is held\n"
      "  SCALE_TOLERANCE=0.10              no change while abs(metric - SCALE_METRIC) is "
      "within it\n"
      "  LOG_LEVEL=INFO                    DEBUG, INFO, WARNING or ERROR\n\n"
      "Exit codes: 0 stopped by SIGTERM, SIGINT or SIGQUIT, 2 bad input, 3 failure at "
      "run "
      "time.");
  return run;
}

int run_run(const run_options& options) {
  daemon_options d;
  d.descriptors = claim_descriptors();  // before the first file is opened
  const auto env = spec::environment::load(options.env_file, options.config.has_value());
  d.warnings = env.warnings();
  d.level = spec::read_log_level(env);
  d.env_file = env.file();
  add_targets(options, env, d);
  if (options.chaos) d.chaos = parse_chaos(*options.chaos);
  setting(options.ca_file, "--ca-file", env, "SCALEIT_CA_FILE",
          [&](const char* what, const std::string& file) {
            check_ca_file(what, file);
            d.ca_file = file;
          });
  setting(options.metrics_listen, "--metrics-listen", env, "SCALEIT_METRICS_LISTEN",
          [&](const char* what, const std::string& at) {
            d.metrics = spec::parse_listen(what, at);
          });
  setting(options.api_listen, "--api-listen", env, "SCALEIT_API_LISTEN",
          [&](const char* what, const std::string& at) {
            d.api = spec::parse_listen(what, at);
            d.api_chosen = true;
          });
  if (options.token_file) d.auth.token_file = *options.token_file;
  setting(options.state, "--state", env, "SCALEIT_STATE",
          [&](const char* what, const std::string& directory) {
            if (directory.empty())
              throw spec::input_error{
                  fmt::format("{}='' is not valid; accepted: a directory", what)};
            d.state = directory;
          });
  setting(options.record, "--record", env, "SCALEIT_RECORD",
          [&](const char* what, const std::string& directory) {
            if (directory.empty())
              throw spec::input_error{
                  fmt::format("{}='' is not valid; accepted: a directory", what)};
            if (!d.record) d.record.emplace();  // the file may have set its sizes
            d.record->dir = directory;
          });

  start_log(d.level, options.log_format == "json" ? log_format::json : log_format::text);
  return run_daemon(d);
}

}  // namespace scaleit::main
