#include "record/explanation.hpp"

#include "messages/text.hpp"
#include "policy/why.hpp"

#include <fmt/format.h>

#include <utility>

namespace scaleit::record {

namespace {

/// What the record tells first may be later by its clock, which was set back since.
std::string ago(time_point then, time_point at) {
  return then > at
             ? "before the clock was set back"
             : to_string(std::chrono::round<std::chrono::seconds>(at - then)) + " ago";
}

}  // namespace

void explanation::take(const event& e) {
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
    take_decision(e, *d);
  } else if (e.as<target_added>()) {
    removed_.reset();
  } else if (e.as<target_removed>()) {
    removed_ = e.time;
  } else {
    take_request(e);
  }
}

/// Of a record in its own words, unless a replay tells it.
void explanation::take_decision(const event& e, const decision_made& x) {
  if (!x.shadow) failures_ = 0;
  auto& d = x.shadow ? shadow_ : live_;
  d = account::decided{e.time, x.made.current, x.made.recommended, x.made.desired};
  if (e.target && x.made.told.empty())
    for (const auto& s : x.made.steps)
      d->steps.push_back({std::string{to_string(s.code)},
                          policy::why(s, *e.target, x.shadow), s.from, s.to});
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
  d = account::decided{x.time, x.made->current, x.made->recommended, x.made->desired};
  for (const auto& s : x.made->steps)
    d->steps.push_back(
        {std::string{to_string(s.code)}, policy::why(s, x.spec, x.shadow), s.from, s.to});
  if (x.differs()) d->recorded = x.recorded->desired;
}

std::string explanation::observed(const target_spec* spec) const {
  if (!seen_) return "nothing: no poll has succeeded";
  std::string what;
  for (const auto& m : seen_->metrics) {
    what += fmt::format("{} {}", printable(m.name, 80), format_value(m.value));
    if (spec)
      for (const auto& wanted : spec->metrics)
        if (wanted.name == m.name)
          what += fmt::format(" (target {})", format_value(wanted.target));
    what += ", ";
  }
  for (const auto& m : seen_->metrics)
    if (m.partial) what += printable(m.name, 80) + " of partial data, ";
  for (const auto& m : seen_->missing) what += printable(m.name, 80) + " missing, ";
  what += fmt::format("{} replicas", seen_->replicas);
  if (seen_->ready) what += fmt::format(", {} ready", *seen_->ready);
  if (live_ && seen_at_ > live_->time) what += " (after the decision)";
  return what;
}

std::string explanation::failing(time_point at) const {
  if (!failed_ || failures_ == 0) return {};
  return fmt::format("{} {} failed, the last {}: {}: {}", failures_,
                     failures_ == 1 ? "poll has" : "polls have", ago(failed_at_, at),
                     to_string(failed_->kind), printable(failed_->detail));
}

account explanation::tell(time_point at, const target_spec* spec,
                          const policy::memory* memory) const {
  account a{target_, at, observed(spec), live_, shadow_};
  if (removed_) a.removed = ago(*removed_, at);
  if (!sent_.empty()) a.command = sent_ + ", " + ago(sent_at_, at);
  a.failing = failing(at);
  if (spec && memory) a.windows = policy::outlook(*spec, *memory, at);
  return a;
}

std::string explanation::text(time_point at, const replayer::target* state) const {
  const bool known = state && state->spec;
  return text_of(tell(at, known ? state->spec.get() : nullptr,
                      known ? &state->remembers.live : nullptr));
}

}  // namespace scaleit::record
