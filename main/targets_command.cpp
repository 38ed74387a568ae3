#include "main/targets_command.hpp"

#include "main/api_client.hpp"
#include "main/exit_code.hpp"
#include "main/streams.hpp"
#include "main/target_output.hpp"
#include "main/target_pages.hpp"
#include "messages/text.hpp"
#include "spec/input_error.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace scaleit::main {

namespace {

CLI::App* add_one(CLI::App& targets, targets_options& o, const char* name,
                  const char* about) {
  auto* command = targets.add_subcommand(name, about);
  add_api_options(*command, o.api);
  command->footer(
      "Exit codes: 0 done, 1 the daemon says no (not there, owned by a file), 2 bad "
      "input or no access, 3 failure at run time.");
  return command;
}

void add_names(CLI::App& command, targets_options& o) {
  command.add_option("NAME", o.names, "The target's name; several are done one by one")
      ->required()
      ->each([](const std::string& name) {
        if (name.empty())
          throw spec::input_error{"NAME '' is not valid; accepted: a target's name"};
      });
}

void add_output(CLI::App& command, targets_options& o) {
  command
      .add_option("-o,--output", o.output,
                  "table for people; json: whole targets, yaml: their specs, name")
      ->check(CLI::IsMember({"table", "json", "yaml", "name"}))
      ->type_name("table|json|yaml|name")
      ->capture_default_str();
}

}  // namespace

CLI::App* add_targets_command(CLI::App& root, targets_options& o) {
  auto* targets =
      root.add_subcommand("targets", "See and change what a running daemon scales");
  targets->require_subcommand(1);
  o.list = add_one(*targets, o, "list", "All targets, in the order of their names");
  o.list->add_option("--prefix", o.prefix, "Only those whose names begin so");
  o.list->add_option("--health", o.health, "Only those: unknown, ok, failing or down")
      ->check(CLI::IsMember({"unknown", "ok", "failing", "down"}))
      ->type_name("HEALTH");
  add_output(*o.list, o);
  o.get = add_one(*targets, o, "get", "One target: its state, or its spec");
  add_names(*o.get, o);
  add_output(*o.get, o);
  o.apply_command = add_apply_command(*targets, o.apply);
  o.remove = add_one(*targets, o, "delete",
                     "Stop scaling targets, and forget them; the applications stay");
  add_names(*o.remove, o);
  o.remove->add_flag("--ignore-not-found", o.ignore_not_found,
                     "One that is not there is as good as removed");
  o.pause = add_one(*targets, o, "pause", "Hold targets as they are, until resume");
  add_names(*o.pause, o);
  o.pause->add_flag("--scale-in", o.scale_in, "Hold scale-in alone");
  o.pause->add_flag("--scale-out", o.scale_out, "Hold scale-out alone");
  o.resume = add_one(*targets, o, "resume", "End what pause began");
  add_names(*o.resume, o);
  return targets;
}

namespace {

int list(const targets_options& o) {
  api_client api{find_api(o.api)};
  target_output out{o.output, target_output::shape::list};
  each_target(api, {o.prefix, o.health},
              [&](const spec::document_ptr& t) { out.add(*t); });
  out.finish();
  return exit_code::success;
}

/// For each name; what the daemon refuses is told, and the others go on.
template <class F>
int for_each_name(const targets_options& o, F f) {
  int code = exit_code::success;
  for (const auto& name : o.names) try {
      f(name);
    } catch (const api_refusal& e) {
      if (o.ignore_not_found && e.is_absence()) continue;
      for (const auto& line : e.lines(name)) complain("{}", line);
      code = std::max(code, e.exit_code());
    }
  return code;
}

int get(const targets_options& o) {
  api_client api{find_api(o.api)};
  target_output out{o.output, o.names.size() == 1 ? target_output::shape::one
                                                  : target_output::shape::several};
  const int code = for_each_name(o, [&](const std::string& name) {
    out.add(*api.ask_document({.path = target_path(name)}));
  });
  out.finish();
  return code;
}

int remove(const targets_options& o) {
  api_client api{find_api(o.api)};
  return for_each_name(o, [&](const std::string& name) {
    remove_target(api, name);
    print("{} deleted\n", printable(name));
  });
}

int pause(const targets_options& o) {
  api_client api{find_api(o.api)};
  const bool both = o.scale_in == o.scale_out;
  api_request r{net::verb::post, {}};
  r.body = fmt::format(R"({{"scaleIn":{},"scaleOut":{}}})", both || o.scale_in,
                       both || o.scale_out);
  return for_each_name(o, [&](const std::string& name) {
    r.path = target_path(name, "/pause");
    api.ask_document(r);
    print("{} paused{}\n", printable(name),
          both         ? ""
          : o.scale_in ? " (scale-in)"
                       : " (scale-out)");
  });
}

int resume(const targets_options& o) {
  api_client api{find_api(o.api)};
  return for_each_name(o, [&](const std::string& name) {
    api.ask_document({net::verb::post, target_path(name, "/resume")});
    print("{} resumed\n", printable(name));
  });
}

}  // namespace

int run_targets(const targets_options& o) {
  if (o.apply_command->parsed()) return run_apply(o.apply);
  if (o.list->parsed()) return list(o);
  if (o.get->parsed()) return get(o);
  if (o.remove->parsed()) return remove(o);
  if (o.pause->parsed()) return pause(o);
  return resume(o);
}

// -- reload ---------------------------------------------------------------

CLI::App* add_reload_command(CLI::App& root, reload_options& options) {
  auto* reload =
      root.add_subcommand("reload", "Have a running daemon read its config file again");
  add_api_options(*reload, options.api);
  reload->footer(
      "Exit codes: 0 done, 1 the file is not valid and nothing has changed, 2 bad input "
      "or no access, 3 failure at run time.");
  return reload;
}

int run_reload(const reload_options& options) {
  api_client api{find_api(options.api)};
  api_request r{net::verb::post, "/api/v1/reload"};
  r.timeout = std::chrono::minutes{2};  // a large file takes its time
  const auto counts = api.ask_document(r);
  std::string told;
  for (const char* key : {"added", "changed", "removed", "unchanged"})
    if (const auto* e = counts->find(key))
      told += fmt::format("{}{} {}", told.empty() ? "" : ", ",
                          printable(e->value->scalar, 20), key);
  print("{}\n", told);
  return exit_code::success;
}

}  // namespace scaleit::main
