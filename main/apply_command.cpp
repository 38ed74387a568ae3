#include "main/apply_command.hpp"

#include "main/api_client.hpp"
#include "main/apply_plan.hpp"
#include "main/exit_code.hpp"
#include "main/streams.hpp"
#include "main/target_pages.hpp"
#include "main/target_view.hpp"
#include "messages/text.hpp"
#include "spec/config_file.hpp"
#include "spec/input_error.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <termios.h>
#include <unistd.h>

namespace scaleit::main {

CLI::App* add_apply_command(CLI::App& targets, apply_options& options) {
  auto* apply = targets.add_subcommand(
      "apply", "Create and change targets until they are as files say");
  apply
      ->add_option("-f,--filename", options.files,
                   "YAML or JSON: a TargetSpec, a list, a config file, or what `get -o` "
                   "prints; a folder of them; - is standard input")
      ->required()
      ->type_name("FILE");
  apply->add_flag("--dry-run", options.dry_run, "Say what would be done, and do nothing");
  apply->add_flag("--prune", options.prune,
                  "Remove what was made through the API and no file names, after a "
                  "question");
  apply->add_flag("--yes", options.yes, "Without a question");
  add_api_options(*apply, options.api);
  apply->footer(
      "Prints NAME created, configured or unchanged. All files are checked before "
      "anything is done.\n\n"
      "Exit codes: 0 done, 1 the daemon refuses some, 2 bad input, 3 failure at run "
      "time.");
  return apply;
}

namespace {

target_files read_all(const apply_options& options) {
  target_files files;
  for (const auto& f : options.files) files.add(f);
  if (!files.good()) throw spec::bad_config{files.lines()};
  for (const auto& line : files.lines()) put_error(line);
  return files;
}

/// One application of files.
class application {
 public:
  application(const apply_options& options, const target_files& files)
      : options_(options), files_(files), api_(find_api(options.api)) {}

  int run() {
    look_around();
    for (const auto& t : files_.targets()) apply(t);
    if (options_.prune) prune();
    return code_;
  }

 private:
  /// Asking for each costs less than a list as long as there are few.
  void look_around() {
    constexpr std::size_t few = 20;
    listed_ = options_.prune || files_.targets().size() > few;
    if (!listed_) return;
    each_target(api_, {}, [&](const spec::document_ptr& t) {
      const auto* name = t->find("name");
      if (name == nullptr) return;
      if (files_.names(name->value->scalar))
        there_.emplace(name->value->scalar, t);
      else if (const auto* origin = t->find("origin");
               origin != nullptr && origin->value->scalar == "api")
        surplus_.push_back(name->value->scalar);
    });
  }

  /// Null if there is none.
  spec::document_ptr now(const std::string& name) {
    if (listed_) {
      const auto found = there_.find(name);
      return found == there_.end() ? nullptr : found->second;
    }
    try {
      return api_.ask_document({.path = target_path(name)});
    } catch (const api_refusal& e) {
      if (e.is_absence()) return nullptr;
      throw;
    }
  }

  void apply(const wanted_target& t) {
    const auto before = now(t.read.name);
    switch (plan_for(t, before.get())) {
      case apply_step::nothing:
        return say(t.read.name, "unchanged");
      case apply_step::refuse:
        complain(
            "{}: holds '***' in place of credentials, which would be lost; accepted: "
            "${{VAR}} or ${{file:/path}}",
            t.read.name);
        code_ = std::max<int>(code_, exit_code::no);
        return;
      case apply_step::create:
        return options_.dry_run ? say(t.read.name, "created") : write(t, nullptr);
      case apply_step::change:
        return options_.dry_run ? foresee(t.read.name, *before) : write(t, before.get());
    }
  }

  /// In the daemon's words.
  void foresee(const std::string& name, const spec::document& before) {
    const auto* origin = before.find("origin");
    if (origin == nullptr || origin->value->scalar == "api")
      return say(name, "configured");
    complain(
        "'{}' belongs to the {}: change it there", printable(name),
        origin->value->scalar == "file" ? "config file" : "environment of the daemon");
    code_ = std::max<int>(code_, exit_code::no);
  }

  void write(const wanted_target& t, const spec::document* before) {
    api_request r{net::verb::put, target_path(t.read.name)};
    spec::append_json(r.body, *t.spec);
    attempt(t.read.name, [&] {
      int status = 0;
      const auto after = api_.ask_document(r, status);
      // Somebody else may have made or removed it meanwhile.
      say(t.read.name, status == 201       ? "created"
                       : before == nullptr ? "configured"
                                           : outcome_of(before, *after));
    });
  }

  void prune() {
    if (code_ != exit_code::success) {
      if (!surplus_.empty()) complain("nothing is removed, since not all was applied");
      return;
    }
    if (surplus_.empty()) return;
    if (!options_.dry_run && !options_.yes && !is_agreed()) {
      complain("nothing is removed");
      code_ = exit_code::no;
      return;
    }
    for (const auto& name : surplus_) {
      if (options_.dry_run)
        say(name, "pruned");
      else
        attempt(name, [&] {
          remove_target(api_, name);
          say(name, "pruned");
        });
    }
  }

  bool is_agreed() const {
    for (const auto& name : surplus_) put_error(printable(name));
    const auto question =
        fmt::format("Remove {} {}, made through the API? [y/N] ",
                    surplus_.size() == 1 ? "this" : "these",
                    surplus_.size() == 1 ? std::string{"target"}
                                         : fmt::format("{} targets", surplus_.size()));
    fmt::print(stderr, "{}", question);
    ::tcflush(STDIN_FILENO, TCIFLUSH);  // what was typed before is no answer
    std::array<char, 16> bytes{};
    const auto n = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    const std::string_view answer{bytes.data(),
                                  static_cast<std::size_t>(std::max<ssize_t>(n, 0))};
    return answer == "y\n" || answer == "Y\n" || answer == "yes\n";
  }

  void say(const std::string& name, std::string_view what) const {
    print("{} {}{}\n", printable(name), what, options_.dry_run ? " (dry run)" : "");
  }

  /// What the daemon refuses is told, and the others go on.
  template <class F>
  void attempt(const std::string& name, F f) {
    try {
      f();
    } catch (const api_refusal& e) {
      for (const auto& line : e.lines(name)) complain("{}", line);
      code_ = std::max(code_, e.exit_code());
    }
  }

  const apply_options& options_;
  const target_files& files_;
  api_client api_;
  bool listed_ = false;
  std::map<std::string, spec::document_ptr, std::less<>> there_;  // of those wanted
  std::vector<std::string> surplus_;
  int code_ = exit_code::success;
};

}  // namespace

int run_apply(const apply_options& options) {
  if (options.prune && !options.yes && !options.dry_run && ::isatty(STDIN_FILENO) != 1)
    throw spec::input_error{
        "--prune asks before it removes anything, and nobody can answer here; accepted: "
        "--yes or --dry-run with it"};
  const auto files = read_all(options);
  if (options.prune && files.targets().empty())
    throw spec::input_error{
        "--prune with files that name no target would remove all of them; `scaleit "
        "targets "
        "delete` removes what it is told"};
  return application{options, files}.run();
}

}  // namespace scaleit::main
