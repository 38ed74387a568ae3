#include "record/replay_specs.hpp"

#include "messages/text.hpp"
#include "spec/config_file.hpp"

#include <fmt/format.h>

namespace scaleit::record {

replay_specs::replay_specs(const std::optional<std::string>& file) {
  if (!file) return;
  const auto loaded = spec::load_config(*file, spec::config_use::policy);
  for (const auto& t : spec::require_good(loaded).targets) {
    auto spec = std::make_shared<const target_spec>(t);
    if (t.name.empty())
      for_all_ = std::move(spec);
    else
      by_name_.emplace(t.name, std::move(spec));
  }
}

target_ptr replay_specs::given(std::string_view target) const {
  const auto at = by_name_.find(target);
  return at == by_name_.end() ? for_all_ : at->second;
}

replay_specs::recorded_spec replay_specs::recorded(std::string_view target,
                                                   const std::string& json) {
  const auto loaded = spec::read_config_text(json, "record", spec::config_use::recorded);
  if (loaded.good() && loaded.content.targets.size() == 1)
    return {std::make_shared<const target_spec>(loaded.content.targets.front()), {}};
  const auto& all = loaded.problems.all();
  return {
      nullptr,
      fmt::format("the recorded spec of {} cannot be used: {}", printable(target, 80),
                  all.empty() ? "it is no target's" : to_string(all.front(), "spec"))};
}

std::string replay_specs::names() const {
  std::string all;
  for (const auto& [name, spec] : by_name_) all += (all.empty() ? "" : ", ") + name;
  return printable(all);
}

}  // namespace scaleit::record
