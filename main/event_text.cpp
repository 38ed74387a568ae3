#include "main/event_text.hpp"

#include "messages/text.hpp"

#include <fmt/format.h>

namespace scaleit::main {

using kind = spec::document::kind;

namespace {

constexpr std::string_view prefix = "scaleit.";
constexpr std::size_t text_bytes_max = 300;

std::string_view scalar(const spec::document& map, std::string_view key) {
  const auto* e = map.find(key);
  return e == nullptr ? std::string_view{} : std::string_view{e->value->scalar};
}

std::string change(const spec::document& data) {
  return fmt::format("{} -> {}", scalar(data, "from"), scalar(data, "to"));
}

std::string failed(const spec::document& data) {
  return fmt::format("{}: {}", scalar(data, "error"), scalar(data, "detail"));
}

std::string observed(const spec::document& data) {
  std::string out;
  if (const auto* m = data.find("metrics"))
    for (const auto& e : m->value->entries) {
      const auto n = finite_number(e.value->scalar);
      out += fmt::format("{} {}, ", e.key, n ? format_value(*n) : e.value->scalar);
    }
  return out + fmt::format("{} replicas", scalar(data, "replicas"));
}

/// With the reason of the last step that moved the number, or else of the first.
std::string decided(const spec::document& data) {
  auto out = fmt::format("{} -> {}", scalar(data, "current"), scalar(data, "desired"));
  if (scalar(data, "shadow") == "true") out = "shadow " + out;
  const auto* steps = data.find("steps");
  if (steps == nullptr || steps->value->items.empty()) return out;
  const auto& all = steps->value->items;
  const auto* told = all.front().get();
  for (const auto& s : all)
    if (scalar(*s, "from") != scalar(*s, "to")) told = s.get();
  return out + fmt::format(": {}", scalar(*told, "why"));
}

std::string said(std::string_view type, const spec::document& data) {
  if (type == "status.observed") return observed(data);
  if (type == "status.failed") return failed(data);
  if (type == "decision.made") return decided(data);
  if (type == "scale.failed") return change(data) + ": " + failed(data);
  if (type.starts_with("scale.")) return change(data);
  if (type == "actor.crashed")
    return fmt::format("{}: {}", scalar(data, "actor"), scalar(data, "reason"));
  if (type == "actor.restarted")
    return fmt::format("{} after {} ms", scalar(data, "actor"), scalar(data, "afterMs"));
  if (type == "daemon.started") return std::string{scalar(data, "version")};
  if (type == "daemon.stopped") return std::string{scalar(data, "reason")};
  if (type == "clock.stepped") return fmt::format("by {} ms", scalar(data, "byMs"));
  const auto by = scalar(data, "by");
  return by.empty() ? std::string{} : fmt::format("by {}", by);
}

}  // namespace

std::string_view target_of(const spec::document& event) {
  constexpr std::string_view targets = "/targets/";
  const auto source = scalar(event, "source");
  return source.starts_with(targets) ? source.substr(targets.size()) : std::string_view{};
}

std::string_view type_of(const spec::document& event) { return scalar(event, "type"); }

std::string whole_type(std::string_view type) {
  return (type.starts_with(prefix) ? "" : std::string{prefix}) + std::string{type};
}

std::string event_text(const spec::document& event) {
  static const spec::document none{kind::map, {}};
  auto time = scalar(event, "time");
  // Seconds will do.
  const auto seconds = time.substr(0, time.find('.'));
  const bool is_utc = time.ends_with('Z') && !seconds.ends_with('Z');
  auto type = type_of(event);
  if (type.starts_with(prefix)) type.remove_prefix(prefix.size());
  const auto* data = event.find("data");
  const auto target = target_of(event);
  const auto line = fmt::format("{}{} {} {} {}", seconds, is_utc ? "Z" : "",
                                target.empty() ? "daemon" : target, type,
                                said(type, data != nullptr ? *data->value : none));
  return printable(trimmed(line), text_bytes_max);
}

}  // namespace scaleit::main
