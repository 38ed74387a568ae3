#include "record/account.hpp"

#include "messages/duration.hpp"
#include "record/step_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace scaleit::record {

namespace {

template <class... Args>
void add_line(std::string& out, fmt::format_string<Args...> what, Args&&... args) {
  fmt::format_to(std::back_inserter(out), what, std::forward<Args>(args)...);
  out += '\n';
}

std::string span(microseconds d) {
  return to_string(std::chrono::round<std::chrono::seconds>(d));
}

void chain(std::string& out, const account::decided& d) {
  for (const auto& s : d.steps)
    add_line(out, "  {:<15} {:>4} -> {:<4}  {}", s.rule, s.from, s.to, s.why);
  if (d.steps.empty()) add_line(out, "  (the record has no steps)");
}

/// A long chain in two reasons: what moved the number first, and what moved it last.
std::string headline(const account::decided& d) {
  const auto moved = [](const account::step& l) { return l.from != l.to; };
  const auto first = std::find_if(d.steps.begin(), d.steps.end(), moved);
  const auto last = std::find_if(d.steps.rbegin(), d.steps.rend(), moved);
  if (d.steps.empty()) return "the record has no steps";
  if (first == d.steps.end()) return d.steps.front().why;
  if (d.desired == d.current || &*first == &*last) return last->why;
  return first->why + "; " + last->why;
}

void moment(std::string& out, const account& a) {
  const auto& d = *a.live;
  if (d.time > a.at)
    add_line(out, "decided   {} (before the clock was set back, to {})",
             to_rfc3339(d.time), to_rfc3339(a.at));
  else
    add_line(out, "decided   {} ({} before {})", to_rfc3339(d.time), span(a.at - d.time),
             to_rfc3339(a.at));
}

// -- JSON -----------------------------------------------------------------

class account_writer {
 public:
  explicit account_writer(std::string& out) : stream_{out}, json_(stream_) {}

  void write(const account& a) {
    json_.StartObject();
    field("target", a.target);
    field("time", to_rfc3339(a.at));
    field("summary", summary_of(a));
    field("observed", a.observed);
    if (a.live) write_name(json_, "decision"), decision(*a.live);
    if (!a.command.empty()) field("command", a.command);
    if (!a.failing.empty()) field("failing", a.failing);
    if (!a.removed.empty()) field("removed", a.removed);
    if (a.shadow) write_name(json_, "shadow"), decision(*a.shadow);
    write_name(json_, "windows");
    json_.StartArray();
    for (const auto& w : a.windows) {
      json_.StartObject();
      field("what", w.what), field("text", w.text);
      json_.EndObject();
    }
    json_.EndArray();
    json_.EndObject();
  }

 private:
  void field(std::string_view key, std::string_view value) {
    write_name(json_, key), write_text(json_, value);
  }
  void number(std::string_view key, int n) { write_name(json_, key), json_.Int(n); }
  void decision(const account::decided& d) {
    json_.StartObject();
    field("time", to_rfc3339(d.time));
    number("current", d.current);
    number("recommended", d.recommended);
    number("desired", d.desired);
    if (d.recorded) number("recorded", *d.recorded);
    write_name(json_, "steps");
    json_.StartArray();
    for (const auto& s : d.steps) write_step(json_, s.rule, s.from, s.to, s.why);
    json_.EndArray();
    json_.EndObject();
  }

  string_stream stream_;
  json_writer json_;
};

}  // namespace

std::string summary_of(const account& a) {
  if (!a.live) return fmt::format("{}: no decision until {}", a.target, to_rfc3339(a.at));
  const auto& d = *a.live;
  if (d.desired == d.current)
    return fmt::format("{} stays at {}: {}", a.target, d.current, headline(d));
  return fmt::format("{} goes from {} to {}: {}", a.target, d.current, d.desired,
                     headline(d));
}

std::string text_of(const account& a) {
  std::string out;
  add_line(out, "{}", summary_of(a));
  if (a.live && !a.removed.empty())
    add_line(out, "removed   {}: nobody scales it since", a.removed);
  if (a.live) moment(out, a);
  add_line(out, "observed  {}", a.observed);
  if (a.live) chain(out, *a.live);
  if (a.live && a.live->recorded)
    add_line(out, "recorded  {}: what ran then decided otherwise", *a.live->recorded);
  if (!a.command.empty()) add_line(out, "command   {}", a.command);
  if (!a.failing.empty()) add_line(out, "since then {}", a.failing);
  if (!a.live) return out;
  if (a.shadow) {
    add_line(out, "shadow    {} -> {}", a.shadow->current, a.shadow->desired);
    chain(out, *a.shadow);
  }
  if (!a.windows.empty()) add_line(out, "windows");
  for (const auto& w : a.windows) add_line(out, "  {:<15} {}", w.what, w.text);
  return out;
}

void append_json(std::string& out, const account& a) { account_writer{out}.write(a); }

}  // namespace scaleit::record
