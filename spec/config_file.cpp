#include "spec/config_file.hpp"

#include "messages/bounds.hpp"
#include "messages/text.hpp"
#include "spec/input_error.hpp"
#include "spec/text_file.hpp"

#include <fmt/format.h>

#include <utility>

namespace scaleit::spec {

namespace {

/// The token's file, which may lie elsewhere than where the settings are checked.
std::optional<secret_answer> unreadable(const std::string& file, bool warning) {
  if (file.empty()) return {};
  try {
    read_text_file(file, bounds::secret_bytes_max, "a readable file");
    return {};
  } catch (const input_error& e) {
    return secret_answer{{}, e.what(), warning};
  }
}

secret_answer answer_of(secret_value read) {
  if (!read.problem.empty()) return {{}, std::move(read.problem), false};
  return {std::move(read.value), {}, false};
}

/// A file is read once, however many targets name it.
secret_answer answer_of(secret_store& secrets, const secret_reference& r) {
  if (!r.file) return answer_of(secret_of_variable(secrets.variables(), r.name));
  const auto file = secrets.file(r.name);
  file->look({});  // once: whoever sends it looks again
  if (!file->problem().empty()) return {{}, file->problem(), false};
  return {file->value(), {}, false};
}

read_options options_for(config_use use, secret_store& secrets) {
  read_options options;
  options.recorded = use == config_use::recorded;
  options.policy_only = use == config_use::policy || options.recorded;
  if (use == config_use::run || use == config_use::check)
    options.surroundings.token_file = [use](const std::string& file) {
      return unreadable(file, use == config_use::check);
    };
  if (use == config_use::run)
    options.surroundings.secret = [&secrets](const secret_reference& r) {
      return answer_of(secrets, r);
    };
  if (use == config_use::remote)
    options.surroundings.secret = [&secrets](const secret_reference& r) {
      return r.file ? answer_of(read_secret_file(r.name, true)) : answer_of(secrets, r);
    };
  if (use == config_use::check)
    options.surroundings.secret = [&secrets](const secret_reference& r) -> secret_answer {
      if (r.file || secrets.variables().find(r.name)) return {};
      return {{}, r.text() + " is not set here", true};
    };
  return options;
}

}  // namespace

loaded_config read_config_text(std::string_view text, const std::string& name,
                               config_use use, secret_store& secrets) {
  loaded_config out{name};
  out.content = read_config(text, options_for(use, secrets), out.problems);
  return out;
}

target_spec read_target(const document_ptr& spec, config_use use, secret_store& secrets,
                        problem_list& problems) {
  auto read = read_spec(spec, options_for(use, secrets), problems);
  problems.sort();
  return read;
}

loaded_config load_config(const std::string& file, config_use use,
                          secret_store& secrets) {
  const auto text = file == "-"
                        ? read_standard_input(bounds::config_bytes_max)
                        : read_text_file(file, bounds::config_bytes_max, "a config file");
  return read_config_text(text, file, use, secrets);
}

namespace {

template <class Wording>
std::vector<std::string> lines_of(const loaded_config& c, Wording wording) {
  std::vector<std::string> lines;
  for (const auto& p : c.problems.all()) lines.push_back(wording(p, printable(c.file)));
  if (c.problems.untold() > 0)
    lines.push_back(
        fmt::format("{}: and {} more", printable(c.file), c.problems.untold()));
  return lines;
}

}  // namespace

std::vector<std::string> told(const loaded_config& c) {
  return lines_of(c, [](const auto& p, const auto& file) { return to_string(p, file); });
}

std::vector<std::string> warnings_to_log(const loaded_config& c) {
  return lines_of(c, where_and_what);
}

const config& require_good(const loaded_config& c) {
  if (c.good()) return c.content;
  throw bad_config{told(c)};
}

}  // namespace scaleit::spec
