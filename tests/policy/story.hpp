// One target under a world that scales when told to, mostly: polls, gaps, failures,
// crashes, somebody's hand and, if asked for, a clock that is set back. Lived by the
// policy, folded from its events, told to the plain second policy, and recorded.
#pragma once

#include "record/replayer.hpp"
#include "tests/policy/invariants.hpp"
#include "tests/policy/naive.hpp"
#include "tests/policy/random_case.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/recalled.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace scaleit::test {

inline constexpr time_point story_start{std::chrono::seconds{1769851800}};

class story {
 public:
  /// `jumping`: the clock is set back now and then, and nobody says what should come of
  /// it. `lossy`: scale requests fail, and may be carried out all the same, late or in
  /// part.
  enum class clock { steady, jumping, lossy };

  explicit story(std::uint64_t seed, clock c = clock::steady)
      : random_(seed), clock_(c), spec_(random_.spec()) {
    naive_.emplace(spec_);
    naive_->expression_says = random_.expression_says;
    if (random_.one_in(3)) add_shadow();
    replicas_ = random_.number(0, 30);
    tell(target_added{});
    record_.back().spec = "the story's";
  }

  void poll() {
    pass_time();
    const bool crashed = random_.one_in(25);
    if (random_.one_in(8)) return crashed ? lose_failure() : fail();
    const auto seen = random_.seen(spec_, replicas_, now_);
    tell(status_observed{seen});
    if (crashed) return lose(seen);
    const auto v = policy::evaluate(spec_, live_, seen, now_);
    compare(v.live, naive_->observed(seen, now_), spec_, &seen);
    if (shadow_) compare(v.shadow, shadow_->observed(seen, now_), shadow_->spec, &seen);
    remember(v);
    act(*v.live);
  }

  const target_spec& spec() const { return spec_; }
  const policy::history& lived() const { return live_; }
  const std::vector<record::recorded_event>& record() const { return record_; }

 private:
  void add_shadow() {
    auto second = random_.spec();
    const auto says = random_.expression_says;
    // The same names, so that its metrics are among those that are seen.
    if (second.metrics.size() > spec_.metrics.size()) return;
    naive_policy plain{second};
    plain.expression_says = says;
    shadow_.emplace(std::move(plain));
    second.mode = scaling_mode::active;
    shadow_->spec = second;
    spec_.shadow = {std::move(second)};
  }

  void pass_time() {
    now_ += random_.one_in(10) ? random_.secs(60, 400) : random_.secs(1, 8);
    if (clock_ == clock::jumping && random_.one_in(6))
      now_ -= random_.one_in(3) ? random_.secs(600, 90'000) : random_.secs(1, 60);
  }

  void fail() {
    tell(status_failed{});
    const auto v = policy::evaluate_failure(spec_, live_, now_);
    compare(v.live, naive_->failed(now_), spec_, nullptr);
    if (shadow_) compare(v.shadow, shadow_->failed(now_), shadow_->spec, nullptr);
    remember(v);
    if (v.live) act(*v.live);
  }

  /// The decider died with the reading in hand.
  void lose(const observation& seen) {
    recall(spec_, live_, now_, status_observed{seen});
    naive_->watch(seen, now_);
    if (shadow_) shadow_->watch(seen, now_);
    tell(actor_crashed{"decider", {}});
    remember({});
  }
  void lose_failure() {
    tell(status_failed{});
    recall(spec_, live_, now_, status_failed{});
    naive_->watch_failure();
    if (shadow_) shadow_->watch_failure();
    tell(actor_crashed{"actuator", {}});
    remember({});
  }

  void compare(const std::optional<decision>& made,
               const std::optional<naive_policy::answer>& plain, const target_spec& by,
               const observation* seen) {
    if (made)
      if (const char* broken = broken_invariant(by, *made, seen, now_))
        complain(made, by, broken);
    if (clock_ != clock::steady) return;
    if (made.has_value() != plain.has_value()) complain(made, by, "decides, or not");
    if (made &&
        (made->recommended != plain->recommended || made->desired != plain->desired))
      complain(made, by,
               "the plain policy recommends " + std::to_string(plain->recommended) +
                   " and wants " + std::to_string(plain->desired));
  }

  void complain(const std::optional<decision>& d, const target_spec& by,
                const std::string& what) const {
    FAIL(what << ", at " << to_rfc3339(now_) << ": " << described(d, by));
  }

  /// The fold over the events must be the memory that was lived.
  void remember(const policy::verdict& v) {
    if (v.live) tell(decision_made{*v.live});
    if (v.shadow) tell(decision_made{*v.shadow, {}, true});
    if (!(folded_ == live_)) complain(v.live, spec_, "the fold is another memory");
  }
  /// It happens: it is folded and recorded.
  void tell(event::payload what) {
    auto& e = record_.emplace_back();
    e.name = "app";
    e.time = now_;
    e.data = std::move(what);
    policy::recall(spec_, folded_, e);
  }

  void live_and_tell(const event::payload& what) {
    recall(spec_, live_, now_, what);
    tell(what);
  }

  void tell_of_request(policy::request_is what, const decision& d) {
    using policy::request_is;
    if (what == request_is::sent)
      live_and_tell(scale_requested{d.current, d.desired});
    else
      live_and_tell(
          scale_failed{d.current, d.desired, {}, {}, what == request_is::unanswered});
  }

  /// A request that fails. Whether it was carried out is seen by and by.
  void lose_request(const decision& d) {
    tell_of_request(policy::request_is::sent, d);
    now_ += milliseconds{random_.number(0, 900)};
    tell_of_request(
        random_.one_in(4) ? policy::request_is::refused : policy::request_is::unanswered,
        d);
    comes_true_ = d.desired;
  }

  void act(const decision& d) {
    if (clock_ == clock::lossy && comes_true_ && random_.one_in(2)) {
      const int half = replicas_ + (*comes_true_ - replicas_) / 2;
      replicas_ = random_.one_in(3) ? half : *comes_true_;
      if (random_.one_in(2)) comes_true_.reset();
    }
    if (clock_ == clock::lossy && policy::is_command(spec_, d) && random_.one_in(2))
      return lose_request(d);
    if (policy::is_command(spec_, d) && !random_.one_in(6)) {
      now_ += milliseconds{random_.number(0, 900)};
      live_and_tell(scale_applied{d.current, d.desired});
      naive_->applied(d.current, d.desired, now_);
      if (shadow_) shadow_->applied(d.current, d.desired, now_);
      replicas_ = d.desired;
    }
    if (random_.one_in(40)) replicas_ = random_.number(0, 40);  // somebody's hand
  }

  random_case random_;
  clock clock_;
  target_spec spec_;
  std::optional<naive_policy> naive_;
  std::optional<naive_policy> shadow_;
  policy::history live_, folded_;
  int replicas_ = 0;
  std::optional<int> comes_true_;  ///< of a request that failed, if ever
  time_point now_ = story_start;
  std::vector<record::recorded_event> record_;
};

}  // namespace scaleit::test
