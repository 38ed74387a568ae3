#include "main/config_in_use.hpp"

#include "spec/config_file.hpp"
#include "spec/input_error.hpp"
#include "spec/secret_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace scaleit::main {

namespace {

void sort_by_name(std::vector<target_ptr>& all) {
  std::ranges::sort(all, {},
                    [](const target_ptr& t) { return std::string_view{t->name}; });
}

}  // namespace

config_in_use::config_in_use(std::string file, spec::config_spec settings,
                             std::vector<target_ptr> targets, spec::environment env,
                             const std::vector<std::string>& warned)
    : file_(std::move(file)),
      settings_(std::move(settings)),
      targets_(std::move(targets)),
      env_(std::move(env)),
      warned_(warned.begin(), warned.end()) {
  sort_by_name(targets_);
}

config_reading config_in_use::read_again() {
  config_reading out;
  spec::loaded_config loaded;
  try {
    spec::secret_store secrets{env_};
    loaded = spec::load_config(file_, spec::config_use::run, secrets);
  } catch (const spec::input_error& e) {
    out.problems = {e.what()};
    return out;
  }
  if (!loaded.good()) {
    out.problems = spec::told(loaded);
    return out;
  }
  auto warnings = spec::warnings_to_log(loaded);
  for (const auto& name : fixed_settings(settings_, loaded.content.settings))
    warnings.push_back(name +
                       " is another one in the config file now; that takes effect at the "
                       "next start");
  std::set<std::string> warned{warnings.begin(), warnings.end()};
  std::erase_if(warnings, [&](const auto& w) { return warned_.contains(w); });
  warned_ = std::move(warned);
  out.warnings = std::move(warnings);
  out.auth = loaded.content.settings.auth;

  std::vector<target_ptr> after;
  after.reserve(loaded.content.targets.size());
  for (auto& t : loaded.content.targets)
    after.push_back(std::make_shared<const target_spec>(std::move(t)));
  sort_by_name(after);
  out.targets = actors::difference_of(targets_, after);
  targets_ = std::move(after);
  return out;
}

void config_in_use::not_taken(const std::set<std::string>& names) {
  std::erase_if(targets_, [&](const target_ptr& t) { return names.contains(t->name); });
}

std::vector<std::string> fixed_settings(const spec::config_spec& a,
                                        const spec::config_spec& b) {
  std::vector<std::string> differ;
  const auto look = [&](const char* name, const auto& x, const auto& y) {
    if (!(x == y)) differ.emplace_back(name);
  };
  look("listen.metrics", a.listen.metrics, b.listen.metrics);
  look("listen.api", a.listen.api, b.listen.api);
  look("listen.apiTls", a.listen.api_tls, b.listen.api_tls);
  look("insecure", a.insecure, b.insecure);
  look("state", a.state, b.state);
  look("metrics", a.metrics, b.metrics);
  look("record", a.record, b.record);
  return differ;
}

}  // namespace scaleit::main
