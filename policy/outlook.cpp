#include "policy/outlook.hpp"

#include "messages/text.hpp"
#include "policy/rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace scaleit::policy {

namespace {

class writer {
 public:
  writer(const target_spec& spec, memory& m, time_point now)
      : spec_(spec), m_(m), now_(now) {}

  std::vector<hold> write() {
    polls();
    request();
    window("up window", m_.recommended_min, spec_.behavior.up.stabilization_window,
           "not above");
    window("down window", m_.recommended_max, spec_.behavior.down.stabilization_window,
           "not below");
    rates(true);
    rates(false);
    warmup();
    for (std::size_t i = 0; i < m_.metrics.size(); ++i) metric(i);
    flaps();
    zero();
    schedules();
    mode();
    return std::move(holds_);
  }

 private:
  void say(std::string what, std::string text) {
    holds_.push_back({std::move(what), std::move(text)});
  }
  std::string ago(time_point t) const { return span(now_ - t) + " ago"; }
  static std::string span(microseconds d) {
    return to_string(std::chrono::round<std::chrono::seconds>(d));
  }
  std::string left(time_point since, microseconds length) const {
    return span(since + length - now_) + " left";
  }

  void polls() {
    if (m_.failures_in_a_row == 0 && !spec_.fallback) return;
    auto text = fmt::format(
        "{} {} failed", m_.failures_in_a_row,
        m_.failures_in_a_row == 1 ? "poll in a row has" : "polls in a row have");
    if (spec_.fallback)
      text += fmt::format("; the fallback of {} begins after more than {}",
                          spec_.fallback->replicas, spec_.fallback->failure_threshold);
    say("polls", text);
  }

  void request() {
    if (!m_.unanswered) return;
    const auto& u = *m_.unanswered;
    say("scale request",
        u.counts ? fmt::format("{} -> {} failed {}, and counts until a status tells",
                               u.from, u.to, ago(u.at))
                 : fmt::format("{} -> {} failed {}, and does not show yet", u.from, u.to,
                               ago(u.at)));
  }

  template <class Window>
  void window(const char* what, Window& w, std::chrono::seconds length,
              const char* limit) {
    if (length.count() == 0) return;
    w.forget(now_ - length);
    if (w.empty()) return say(what, fmt::format("of {}: empty", span(length)));
    const auto& best = w.best();
    say(what,
        fmt::format("of {}: {} was recommended {}, so {} {}; {}", span(length),
                    best.value, ago(best.at), limit, best.value, left(best.at, length)));
  }

  void rates(bool up) {
    const auto& rules = up ? spec_.behavior.up : spec_.behavior.down;
    const char* what = up ? "rate up" : "rate down";
    if (rules.select == select_policy::disabled) return say(what, "disabled");
    if (rules == (up ? immediate_behavior().up : immediate_behavior().down)) return;
    m_.applied.advance(spec_, now_);
    for (std::size_t i = 0; i < rules.policies.size(); ++i) {
      const auto& p = rules.policies[i];
      const auto& changed =
          m_.applied.within(up ? scalings::up(i) : scalings::down(spec_, i));
      say(what, fmt::format("{} {} per {}: {} added and {} removed within it", p.value,
                            p.type == policy_type::percent ? "%"
                            : p.value == 1                 ? "pod"
                                                           : "pods",
                            span(p.period), changed.added, changed.removed));
    }
  }

  void warmup() {
    if (spec_.warmup.count() == 0) return;
    m_.applied.advance(spec_, now_);
    const auto added = m_.applied.within(scalings::warmup()).added;
    say("warm-up",
        fmt::format("{} {} added within {}", added,
                    added == 1 ? "replica was" : "replicas were", span(spec_.warmup)));
  }

  void metric(std::size_t i) {
    const auto& m = m_.metrics[i];
    const auto& name = spec_.metrics[i].name;
    if (spec_.panic) {
      if (m.panicked && now_ - *m.panicked <= spec_.panic->stable_window)
        say("panic",
            fmt::format("{}: since a burst {}, not below {}; {}", name, ago(*m.panicked),
                        m.highest, left(*m.panicked, spec_.panic->stable_window)));
      else
        say("panic", fmt::format("{}: calm", name));
    }
    if (!spec_.guard) return;
    if (m.dropped && now_ - *m.dropped < spec_.guard->hold)
      say("outage guard",
          fmt::format("{}: load fell from {} to {}, {}; no scale-in, {}", name,
                      format_value(m.load_before), format_value(m.load_now),
                      ago(*m.dropped), left(*m.dropped, spec_.guard->hold)));
    else
      say("outage guard", fmt::format("{}: no outage suspected", name));
  }

  void flaps() {
    if (!spec_.flap_budget) return;
    std::size_t within = 0;
    for (const auto& at : m_.reversals) within += at > now_ - spec_.flap_budget->period;
    auto text =
        fmt::format("{} of {} reversals within {}", within, spec_.flap_budget->reversals,
                    span(spec_.flap_budget->period));
    const auto allowed = static_cast<std::size_t>(spec_.flap_budget->reversals);
    if (within >= allowed)
      text += fmt::format("; {}", left(m_.reversals[m_.reversals.size() - allowed],
                                       spec_.flap_budget->period));
    say("flap budget", text);
  }

  void zero() {
    if (!spec_.zero || spec_.min_replicas > 0) return;
    if (!m_.idle_since) return say("to zero", "not known to be idle");
    say("to zero", fmt::format("idle for {} of the cooldown's {}",
                               span(now_ - *m_.idle_since), span(spec_.zero->cooldown)));
  }

  void schedules() {
    if (spec_.schedules.empty()) return;
    const auto s = schedules_at(spec_.schedules, now_);
    std::string text;
    if (s.floor)
      text = fmt::format("not below {}", std::min(*s.floor, spec_.max_replicas));
    if (s.ceiling)
      text += fmt::format("{}not above {}", text.empty() ? "" : ", ",
                          std::max(*s.ceiling, spec_.min_replicas));
    say("schedules", text.empty() ? "none is active" : text);
  }

  void mode() {
    if (spec_.mode == scaling_mode::paused) say("mode", "paused: nothing is sent");
    if (spec_.mode == scaling_mode::dry_run) say("mode", "dry run: nothing is sent");
    if (spec_.pause.scale_in) say("mode", "scale-in is paused");
    if (spec_.pause.scale_out) say("mode", "scale-out is paused");
  }

  const target_spec& spec_;
  memory& m_;
  time_point now_;
  std::vector<hold> holds_;
};

}  // namespace

std::vector<hold> outlook(const target_spec& spec, memory m, time_point now) {
  if (auto as_if = assumed(spec, m)) m = std::move(*as_if);
  return writer{spec, m, now}.write();
}

}  // namespace scaleit::policy
