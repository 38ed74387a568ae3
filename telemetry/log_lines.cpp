#include "telemetry/log_lines.hpp"

#include "messages/text.hpp"
#include "policy/silence.hpp"
#include "policy/why.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace scaleit::telemetry {

namespace {

/// `timeout: no answer from localhost:8123 within 2s`
std::string sentence(const failure& f) {
  return fmt::format("{}: {}", to_string(f.kind), f.detail);
}

/// ` cpu=0.95 target=0.80` for every metric that was read.
std::string readings(const event* cause) {
  std::string out;
  const auto* observed = cause ? cause->as<status_observed>() : nullptr;
  if (!observed) return out;
  for (const auto& m : cause->target->metrics)
    if (const auto* sample = observed->seen.find(m.name))
      out += fmt::format(" {}={} target={}", m.name, format_value(sample->value),
                         format_value(m.target));
  return out;
}

std::string chain(const decision& d, const target_spec& target, bool shadow) {
  std::string all;
  for (const auto& s : d.steps)
    all += (all.empty() ? "" : "; ") + policy::why(s, target, shadow);
  return all;
}

std::string took(microseconds d) { return fmt::format("{:.1f} ms", to_ms(d)); }

}  // namespace

std::vector<log_line> log_lines::tell(const event& e) {
  std::visit([&](const auto& data) { tell(e, data); }, e.data);
  return std::exchange(lines_, {});
}

void log_lines::say(log_level level, const event& e, std::string text) {
  if (level < threshold_) return;
  if (e.target) text.insert(0, "target=" + e.target->name + " ");
  lines_.push_back({level, std::move(text)});
}

// -- of many targets at once ---------------------------------------------

std::vector<log_line> log_lines::tell_rest(time_point now) {
  sum_up(targets_.summary(now));
  return std::exchange(lines_, {});
}

void log_lines::sum_up(std::string text) {
  if (!text.empty() && threshold_ <= log_level::info)
    lines_.push_back({log_level::info, std::move(text), false});
}

/// Whether there are so few that this one has a line of its own.
bool log_lines::few(target_lines::kind what, const event& e) {
  sum_up(targets_.summary(e.time));
  return targets_.take(what, e.time);
}

// -- streaks -------------------------------------------------------------

void log_lines::failed(streaks& of, const std::string& key, const event& e,
                       std::string_view what, const std::string& detail) {
  auto& s = of[key];
  if (s.failures++ == 0) {
    s.since = e.time;
    say(log_level::warning, e, fmt::format("{} fails: {}", what, detail));
  } else {
    say(log_level::debug, e,
        fmt::format("{} fails, {} in a row: {}", what, s.failures, detail));
  }
}

void log_lines::works(streaks& of, const std::string& key, const event& e,
                      std::string_view what) {
  const auto found = of.find(key);
  if (found == of.end()) return;
  const auto& s = found->second;
  say(log_level::info, e,
      fmt::format("{} works again after {} {} in {}", what, s.failures,
                  s.failures == 1 ? "failure" : "failures",
                  to_string(std::chrono::round<milliseconds>(e.time - s.since))));
  of.erase(found);
}

// -- daemon and targets --------------------------------------------------

void log_lines::tell(const event& e, const daemon_started& x) {
  say(log_level::info, e, fmt::format("scaleit {} started", x.version));
}

void log_lines::tell(const event& e, const daemon_stopped& x) {
  sum_up(targets_.rest());
  say(log_level::info, e, fmt::format("stopped: {}", x.reason));
}

void log_lines::tell(const event& e, const clock_stepped& x) {
  say(log_level::warning, e,
      fmt::format("the system's clock was set by {}", to_string(x.by)));
}

void log_lines::tell(const event& e, const target_added&) {
  if (!few(target_lines::kind::added, e)) return;
  const auto& spec = *e.target;
  std::string holds;
  for (const auto& m : spec.metrics)
    holds += fmt::format("{}{} at {}", holds.empty() ? "" : ", ", m.name,
                         format_value(m.target));
  const auto source =
      spec.status.push ? fmt::format("what is reported, at least every {}",
                                     to_string(policy::silence_max(spec)))
                       : fmt::format("polling {} every {}",
                                     spec.status.url.substr(0, spec.status.url.find('?')),
                                     to_string(microseconds{spec.interval}));
  say(log_level::info, e, fmt::format("added: holds {} by {}", holds, source));
}

void log_lines::tell(const event& e, const target_changed&) {
  forget_metrics(*e.target);
  if (few(target_lines::kind::changed, e)) say(log_level::info, e, "changed");
}

void log_lines::tell(const event& e, const target_removed&) {
  if (few(target_lines::kind::removed, e)) say(log_level::info, e, "removed");
  for (auto* of : {&status_, &scale_}) of->erase(e.target->name);
  forget_metrics(*e.target);
  switched_off_.erase(e.target->name);
  stories_.erase(e.target->name);
}

// -- the loop -------------------------------------------------------------

void log_lines::tell(const event& e, const status_observed& x) {
  works(status_, e.target->name, e, "status");
  tell_metrics(e, x.seen);
  if (threshold_ > log_level::debug) return;
  say(log_level::debug, e,
      fmt::format("{}:{} replicas={}{}", e.target->status.push ? "reported" : "polled",
                  readings(&e), x.seen.replicas,
                  x.seen.took.count() > 0 ? " (" + took(x.seen.took) + ")" : ""));
}

/// Each metric has its own streak: one may be read elsewhere, and fail alone.
void log_lines::tell_metrics(const event& e, const observation& seen) {
  const auto key = [&](const std::string& name) { return e.target->name + '/' + name; };
  if (!metric_.empty())
    for (const auto& m : seen.metrics) works(metric_, key(m.name), e, "metric " + m.name);
  for (const auto& m : seen.missing)
    failed(metric_, key(m.name), e, "metric " + m.name, m.why);
}

void log_lines::forget_metrics(const target_spec& spec) {
  const auto key = spec.name + '/';
  const auto begin = metric_.lower_bound(key);
  auto end = begin;
  while (end != metric_.end() && end->first.starts_with(key)) ++end;
  metric_.erase(begin, end);
}

void log_lines::tell(const event& e, const status_failed& x) {
  failed(status_, e.target->name, e, "status", sentence(x.what));
}

/// An application at 0 by hand is left alone, which must not look like a daemon asleep.
void log_lines::notice_switch(const event& e, const decision& d) {
  const auto off = std::find_if(d.steps.begin(), d.steps.end(), [](const step& s) {
    return s.code == rule::switched_off;
  });
  if (off != d.steps.end()) {
    if (switched_off_.insert(e.target->name).second)
      say(log_level::info, e, policy::why(*off, *e.target, false));
  } else if (!switched_off_.empty() && switched_off_.erase(e.target->name) > 0) {
    say(log_level::info, e, fmt::format("switched on again at {}", d.current));
  }
}

/// A hold, or a dry run, is one line when it begins: nothing done must not look like
/// nothing wanted.
void log_lines::notice_hold(const event& e, const decision& d) {
  auto& s = stories_[e.target->name];
  if (e.target->mode == scaling_mode::dry_run) {
    const int would = d.changes() ? d.desired : -1;
    if (would != s.dry && would >= 0)
      say(log_level::info, e,
          fmt::format("dry run: replicas {} -> {} is not sent: {}", d.current, would,
                      chain(d, *e.target, false)));
    s.dry = would;
    return;
  }
  const auto holds = std::find_if(d.steps.rbegin(), d.steps.rend(),
                                  [](const step& x) { return x.from != x.to; });
  if (d.changes() || holds == d.steps.rend() || holds->code == rule::switched_off)
    return s.held.reset();
  // A metric that is missing, or tells of a part of the data, holds what the others
  // wish before anything is recommended.
  const int wanted = holds->code == rule::missing_metric ? holds->from : d.recommended;
  if (wanted == d.current) return s.held.reset();
  if (s.held == holds->code) return;
  s.held = holds->code;
  say(log_level::info, e,
      fmt::format("stays at {}, {} is wanted: {}", d.current, wanted,
                  policy::why(*holds, *e.target, false)));
}

void log_lines::tell(const event& e, const decision_made& x) {
  const auto& d = x.made;
  if (!x.shadow) {
    notice_switch(e, d);
    notice_hold(e, d);
    if (d.changes())
      stories_[e.target->name].decided = {d.desired, chain(d, *e.target, false)};
  }
  if (threshold_ > log_level::debug) return;
  say(log_level::debug, e,
      fmt::format("{}replicas {} -> {}: {}", x.shadow ? "shadow: " : "", d.current,
                  d.desired, chain(d, *e.target, x.shadow)));
}

/// What comes of the request is told much later, when other decisions may have been made.
void log_lines::tell(const event& e, const scale_requested& x) {
  auto& s = stories_[e.target->name];
  s.requested = s.decided.to == x.to ? s.decided.reasons : std::string{};
  say(log_level::debug, e, fmt::format("requesting replicas {} -> {}", x.from, x.to));
}

void log_lines::tell(const event& e, const scale_applied& x) {
  // What a status shows of a request that failed ends no streak: it does not work.
  if (!x.seen) works(scale_, e.target->name, e, "scaling");
  auto text =
      fmt::format("{} replicas {} -> {} ({})", readings(x.poll.get()), x.from, x.to,
                  x.seen ? "seen, although the request failed" : "put " + took(x.took));
  if (const auto s = stories_.find(e.target->name);
      s != stories_.end() && !s->second.requested.empty())
    text += ": " + s->second.requested;
  say(log_level::info, e, text.substr(1));
}

void log_lines::tell(const event& e, const scale_failed& x) {
  failed(scale_, e.target->name, e, "scaling",
         fmt::format("replicas {} -> {}: {}", x.from, x.to, sentence(x.what)));
}

// -- actors ---------------------------------------------------------------

void log_lines::tell(const event& e, const actor_crashed& x) {
  say(log_level::warning, e, fmt::format("{} crashed: {}", x.actor, printable(x.reason)));
}

void log_lines::tell(const event& e, const actor_restarted& x) {
  say(log_level::info, e,
      fmt::format("{} restarted {} (restart {})", x.actor,
                  x.after.count() == 0 ? "at once" : "after " + to_string(x.after),
                  x.restarts));
}

}  // namespace scaleit::telemetry
