#include "record/replay_output.hpp"

#include "messages/text.hpp"
#include "policy/why.hpp"
#include "record/step_json.hpp"

#include <fmt/format.h>

#include <iterator>

namespace scaleit::record {

namespace {

constexpr std::size_t written_at_once = 256 * 1024;

void field(json_writer& json, std::string_view key, std::string_view value) {
  write_name(json, key), write_text(json, value);
}

void field(json_writer& json, std::string_view key, int value) {
  write_name(json, key), json.Int(value);
}

/// Where a difference begins: the rule of the first step that is another.
std::string differing_step(const replayed& x) {
  const auto at = x.differs_at();
  if (!at || !x.made) return {};
  const auto& steps = x.made->steps;
  const auto& theirs = x.recorded->told;
  const auto name = [&](const auto& all, auto code_of) {
    return *at < all.size() ? std::string{code_of(all[*at])} : std::string{"nothing"};
  };
  const auto ours = name(steps, [](const step& s) { return to_string(s.code); });
  const auto recorded = name(theirs, [](const told_step& s) { return s.rule; });
  return ours == recorded ? fmt::format("step {}, {}", *at + 1, ours)
                          : fmt::format("step {}, {} (recorded: {})", *at + 1, ours,
                                        printable(recorded, 40));
}

}  // namespace

void replay_output::add(const replayed& x) {
  ++counts_.decisions;
  if (x.differs())
    ++counts_.differ;
  else if (!x.recorded)
    ++counts_.unrecorded;
  else if (x.differs_at())
    ++counts_.other_steps;
  format_ == replay_format::json ? add_json(x) : add_row(x);
  if (text_.size() >= written_at_once) flush();
}

void replay_output::add_json(const replayed& x) {
  string_stream stream{text_};
  json_writer json{stream};
  json.StartObject();
  field(json, "time", to_rfc3339(x.time));
  field(json, "target", x.target);
  field(json, "current", x.made ? x.made->current : x.recorded->current);
  if (x.made) {
    field(json, "recommended", x.made->recommended);
    field(json, "desired", x.made->desired);
  } else {
    json.Key("recommended"), json.Null();
    json.Key("desired"), json.Null();
  }
  if (x.recorded)
    field(json, "recorded", x.recorded->desired);
  else
    json.Key("recorded"), json.Null();
  json.Key("steps");
  json.StartArray();
  if (x.made)
    for (const auto& s : x.made->steps)
      write_step(json, to_string(s.code), s.from, s.to, policy::why(s, x.spec, x.shadow));
  json.EndArray();
  if (x.shadow) json.Key("shadow"), json.Bool(true);
  if (x.differs()) field(json, "differs", differing_step(x));
  json.EndObject();
  text_ += '\n';
}

void replay_output::add_row(const replayed& x) {
  const auto out = std::back_inserter(text_);
  const auto time = to_rfc3339(x.time);
  fmt::format_to(out, "{}  {}{}  ", time, x.target, x.shadow ? " (shadow)" : "");
  if (x.made)
    fmt::format_to(out, "{} -> {}", x.made->current, x.made->desired);
  else
    fmt::format_to(out, "{} -> no decision", x.recorded->current);
  if (x.differs()) {
    fmt::format_to(out, "  DIFFERS: recorded {}", x.recorded->desired);
    if (const auto where = differing_step(x); !where.empty())
      fmt::format_to(out, ", from {}", where);
  }
  if (x.made) {
    const char* before = "  ";
    for (const auto& s : x.made->steps) {
      fmt::format_to(out, "{}{}", before, policy::why(s, x.spec, x.shadow));
      before = "; ";
    }
  }
  text_ += '\n';
}

void replay_output::finish(std::size_t targets) {
  if (format_ == replay_format::table) {
    const auto& c = counts_;
    fmt::format_to(std::back_inserter(text_),
                   "{} decision{} of {} target{}: {} as recorded, {} differ, {} not "
                   "recorded",
                   c.decisions, c.decisions == 1 ? "" : "s", targets,
                   targets == 1 ? "" : "s", c.decisions - c.differ - c.unrecorded,
                   c.differ, c.unrecorded);
    if (c.other_steps > 0)
      fmt::format_to(std::back_inserter(text_), " ({} as recorded, but by other steps)",
                     c.other_steps);
    text_ += '\n';
  }
  flush();
}

void replay_output::flush() {
  out_(text_);
  text_.clear();
}

}  // namespace scaleit::record
