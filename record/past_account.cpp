#include "record/past_account.hpp"

#include "messages/text.hpp"
#include "record/record_reader.hpp"
#include "spec/input_error.hpp"

#include <fmt/format.h>

#include <utility>

namespace scaleit::record {

namespace {

std::string listed(const std::set<std::string, std::less<>>& names) {
  std::string all;
  for (const auto& n : names) all += (all.empty() ? "" : ", ") + n;
  return all.empty() ? "no target" : printable(all);
}

}  // namespace

past_account::past_account(std::string target, std::optional<time_point> at,
                           const replay_specs& specs,
                           std::function<void(const std::string&)> complain)
    : target_(std::move(target)),
      asked_(at),
      specs_(specs),
      complain_(std::move(complain)),
      story_(target_),
      replay_(replaying()) {}

replay_options past_account::replaying() {
  replay_options how;
  how.spec_for = [this](std::string_view target) { return specs_.given(target); };
  how.parse_spec = [this](std::string_view target, const std::string& json) {
    if (target != target_) return target_ptr{};
    auto [spec, problem] = replay_specs::recorded(target, json);
    if (!problem.empty()) complain_(problem);
    return spec;
  };
  how.decided = [this](const replayed& x) { told_->decided(x); };
  return how;
}

/// Where the clock was set back there may be several last events before the moment: the
/// one nearest to it counts.
void past_account::feed(const recorded_event& e) {
  if (!e.name.empty() && !targets_.contains(e.name)) targets_.emplace(e.name);
  if (asked_ && last_ && (e.time > *asked_ || e.time < *last_)) conclude(replay_, story_);
  story_.feed(e);
  replay_.feed(e);
  last_ = asked_ && e.time > *asked_ ? std::nullopt : std::optional{e.time};
}

/// What is to be said if the last event was the one asked for.
void past_account::conclude(replayer replay, explanation story) {
  if (!last_ || last_ < told_at_ || !story.has_seen()) return;
  told_at_ = *last_;
  told_ = &story;
  replay.finish();
  told_ = &story_;
  const auto* state = replay.find(target_);
  const bool known = state && state->spec;
  account_ = story.tell(asked_.value_or(*last_), known ? state->spec.get() : nullptr,
                        known ? &state->remembers.live : nullptr);
}

account past_account::finish() {
  conclude(std::move(replay_), std::move(story_));
  if (!targets_.contains(target_))
    throw spec::input_error{fmt::format("'{}' is not in the record; it has {}",
                                        printable(target_, 80), listed(targets_))};
  if (!account_)
    throw spec::input_error{fmt::format("'{}' is not in the record until {}",
                                        printable(target_, 80),
                                        to_rfc3339(asked_.value_or(time_point::max())))};
  return *account_;
}

account account_of_past(const std::string& record, const std::string& target,
                        time_point at, const std::atomic<bool>& stop) try {
  const replay_specs as_recorded{std::nullopt};
  past_account it{target, at, as_recorded, [](const std::string&) {}};
  record_reader reader{record, event_reader::steps::read};
  recorded_event e;
  while (reader.next(e)) {
    if (stop) throw spec::input_error{"the daemon is stopping"};
    it.feed(e);
  }
  return it.finish();
} catch (const record_error& e) {
  throw spec::input_error{e.what()};
}

}  // namespace scaleit::record
