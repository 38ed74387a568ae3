#include "record/explanation.hpp"

#include "messages/text.hpp"
#include "policy/outlook.hpp"
#include "policy/why.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace scaleit::record {

namespace {

template <class... Args>
void line(std::string& out, fmt::format_string<Args...> what, Args&&... args) {
  fmt::format_to(std::back_inserter(out), what, std::forward<Args>(args)...);
  out += '\n';
}

std::string span(microseconds d) {
  return to_string(std::chrono::round<std::chrono::seconds>(d));
}

/// What the record tells first may be later by its clock, which was set back since.
std::string ago(time_point then, time_point at) {
  return then > at ? "before the clock was set back" : span(at - then) + " ago";
}

}  // namespace

void explanation::feed(const recorded_event& e) {
  if (e.name != target_) return;
  seen_any_ = true;
  if (const auto* s = e.as<status_observed>()) {
    seen_ = s->seen;
    seen_at_ = e.time;
    failed_.reset();
    failures_ = 0;
  } else if (const auto* f = e.as<status_failed>()) {
    failed_ = f->what;
    failed_at_ = e.time;
    ++failures_;
  } else if (const auto* d = e.as<decision_made>()) {
    take_decision(e.time, *d);
  } else if (e.as<target_added>()) {
    removed_.reset();
  } else if (e.as<target_removed>()) {
    removed_ = e.time;
  } else {
    take_request(e);
  }
}

/// Told in its own words, unless a replay tells it.
void explanation::take_decision(time_point at, const decision_made& x) {
  if (!x.shadow) failures_ = 0;
  auto& d = x.shadow ? shadow_ : live_;
  d = told_decision{at, x.made.current, x.made.recommended, x.made.desired, {}, {}};
  for (std::size_t i = 0; i < x.made.told.size(); ++i)
    d->steps.push_back({printable(x.made.told[i].rule), printable(x.made.told[i].why),
                        x.made.steps[i].from, x.made.steps[i].to});
}

void explanation::take_request(const event& e) {
  if (const auto* r = e.as<scale_requested>())
    sent_ = fmt::format("{} -> {} was sent, no answer yet", r->from, r->to);
  else if (const auto* a = e.as<scale_applied>())
    sent_ = fmt::format("{} -> {} {}", a->from, a->to,
                        a->seen ? "took effect, although it failed" : "was applied");
  else if (const auto* f = e.as<scale_failed>())
    sent_ = fmt::format("{} -> {} failed: {}: {}", f->from, f->to,
                        to_string(f->what.kind), printable(f->what.detail));
  else
    return;
  sent_at_ = e.time;
}

void explanation::decided(const replayed& x) {
  if (x.target != target_ || x.made == nullptr) return;
  if (!x.shadow && failed_at_ <= x.time) failures_ = 0;  // this is what came of them
  auto& d = x.shadow ? shadow_ : live_;
  d = told_decision{x.time, x.made->current, x.made->recommended, x.made->desired, {},
                    {}};
  for (const auto& s : x.made->steps)
    d->steps.push_back(
        {std::string{to_string(s.code)}, policy::why(s, x.spec, x.shadow), s.from, s.to});
  if (x.differs()) d->recorded = x.recorded->desired;
}

void explanation::input(std::string& out, const replayer::target* state) const {
  if (!seen_) return line(out, "observed  nothing: no poll has succeeded");
  std::string what;
  for (const auto& m : seen_->metrics) {
    what += fmt::format("{} {}", printable(m.name, 80), format_value(m.value));
    if (state && state->spec)
      for (const auto& wanted : state->spec->metrics)
        if (wanted.name == m.name)
          what += fmt::format(" (target {})", format_value(wanted.target));
    what += ", ";
  }
  for (const auto& m : seen_->metrics)
    if (m.partial) what += printable(m.name, 80) + " of partial data, ";
  for (const auto& m : seen_->missing) what += printable(m.name, 80) + " missing, ";
  what += fmt::format("{} replicas", seen_->replicas);
  if (seen_->ready) what += fmt::format(", {} ready", *seen_->ready);
  const bool later = live_ && seen_at_ > live_->time;
  line(out, "observed  {}{}", what, later ? " (after the decision)" : "");
}

void explanation::chain(std::string& out, const told_decision& d) const {
  for (const auto& s : d.steps)
    line(out, "  {:<15} {:>4} -> {:<4}  {}", s.rule, s.from, s.to, s.why);
  if (d.steps.empty()) line(out, "  (the record has no steps)");
}

/// A long chain in two reasons: what moved the number first, and what moved it last.
std::string explanation::headline(const told_decision& d) {
  const auto moved = [](const told_decision::line& l) { return l.from != l.to; };
  const auto first = std::find_if(d.steps.begin(), d.steps.end(), moved);
  const auto last = std::find_if(d.steps.rbegin(), d.steps.rend(), moved);
  if (d.steps.empty()) return "the record has no steps";
  if (first == d.steps.end()) return d.steps.front().why;
  if (d.desired == d.current || &*first == &*last) return last->why;
  return first->why + "; " + last->why;
}

void explanation::command(std::string& out, time_point at) const {
  if (!sent_.empty()) line(out, "command   {}, {}", sent_, ago(sent_at_, at));
  if (failed_ && failures_ > 0)
    line(out, "since then {} {} failed, the last {}: {}: {}", failures_,
         failures_ == 1 ? "poll has" : "polls have", ago(failed_at_, at),
         to_string(failed_->kind), printable(failed_->detail));
}

std::string explanation::text(time_point at, const replayer::target* state) const {
  std::string out;
  if (!live_) {
    line(out, "{}: no decision until {}", target_, to_rfc3339(at));
    input(out, state);
    command(out, at);
    return out;
  }
  const auto& d = *live_;
  if (d.desired == d.current)
    line(out, "{} stays at {}: {}", target_, d.current, headline(d));
  else
    line(out, "{} goes from {} to {}: {}", target_, d.current, d.desired, headline(d));
  if (removed_) line(out, "removed   {}: nobody scales it since", ago(*removed_, at));
  if (d.time > at)
    line(out, "decided   {} (before the clock was set back, to {})", to_rfc3339(d.time),
         to_rfc3339(at));
  else
    line(out, "decided   {} ({} before {})", to_rfc3339(d.time), span(at - d.time),
         to_rfc3339(at));
  input(out, state);
  chain(out, d);
  if (d.recorded) line(out, "recorded  {}: what ran then decided otherwise", *d.recorded);
  command(out, at);
  if (shadow_) {
    line(out, "shadow    {} -> {}", shadow_->current, shadow_->desired);
    chain(out, *shadow_);
  }
  if (state && state->spec) {
    const auto holds = policy::outlook(*state->spec, state->remembers.live, at);
    if (!holds.empty()) line(out, "windows");
    for (const auto& h : holds) line(out, "  {:<15} {}", h.what, h.text);
  }
  return out;
}

}  // namespace scaleit::record
