#include "tests/support/virtual_loop.hpp"

#include "actors/spread.hpp"
#include "net/prepared_request.hpp"

#include <caf/send.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace scaleit::test {

reply answers(int status, std::string body, std::chrono::microseconds after) {
  reply r;
  r.response.status = status;
  r.response.body = std::move(body);
  r.after = after;
  return r;
}

reply fails(failure_kind kind, std::chrono::microseconds after) {
  reply r;
  r.response.error = failure{kind, "as the test asks"};
  r.after = after;
  return r;
}

reply hangs() {
  auto r = fails(failure_kind::timeout);
  r.never = true;
  return r;
}

// -- the client -----------------------------------------------------------

scripted_client::ticket scripted_client::submit(net::prepared_ptr r, handler done) {
  auto answer = app(r->source());
  if (answer.never) answer.after = r->source().timeout;
  answer.response.took = answer.after;
  if (answer.response.error) answer.response.error->took = answer.after;
  waiting_.emplace(++last_, exchange{std::move(done), std::move(answer.response),
                                     now_() + answer.after});
  return last_;
}

/// All at once: virtual time knows no half answers.
scripted_client::ticket scripted_client::stream(net::prepared_ptr r,
                                                net::stream_handlers h) {
  return submit(std::move(r), [h = std::move(h)](http_response&& x) {
    if (!x.error && h.on_head) h.on_head({x.status, {}});
    if (!x.error && h.on_chunk && !x.body.empty()) h.on_chunk(x.body);
    if (h.on_end) h.on_end({std::move(x.error), x.took});
  });
}

std::optional<steady_time> scripted_client::next_due() const {
  std::optional<steady_time> next;
  for (const auto& [id, x] : waiting_)
    if (!next || x.due < *next) next = x.due;
  return next;
}

void scripted_client::deliver_due() {
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    if (at->second.due > now_()) {
      ++at;
      continue;
    }
    auto x = std::move(at->second);
    at = waiting_.erase(at);
    x.done(std::move(x.response));
  }
}

// -- the control loop -----------------------------------------------------

namespace {

caf::actor_system_config& deterministic(caf::actor_system_config& c) {
  c.set("scheduler.policy", caf::atom("testing"));
  return c;
}

}  // namespace

void fragile_loop::kill_supervisor(const std::string& reason) {
  current_supervisor()->enqueue(
      nullptr, caf::make_message_id(),
      caf::make_message(
          caf::exit_msg{{}, caf::make_error(caf::sec::runtime_error, reason)}),
      nullptr);
}

virtual_loop::virtual_loop(actors::chaos mishaps, time_point wall,
                           const std::vector<target_ptr>& first)
    : system(deterministic(config_)),
      client([this] { return system.clock().now(); }),
      start_(steady_time{1h + actors::spread("app", 5s)}),
      control((scheduler().clock().current_time = start_, system), client, secrets,
              std::move(mishaps), wall) {
  control.subscribe("recorder", [this](const event& e) {
    events.push_back(std::make_shared<event>(e));
    event_times.push_back(elapsed());
  });
  base_ = system.registry().running();
  control.start(first);
}

virtual_loop::~virtual_loop() {
  bool done = false;
  control.stop("test over", [&] { done = true; });
  advance(10s);
  scheduler().clock().cancel_all();
  drain();
  system.await_actors_before_shutdown(false);
  if (!done || system.registry().running() != base_) {
    std::fprintf(stderr, "the control loop did not stop: done=%d, %zu actors left\n",
                 done, system.registry().running() - base_);
    std::abort();
  }
}

caf::scheduler::test_coordinator& virtual_loop::scheduler() {
  return dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
}

std::chrono::microseconds virtual_loop::elapsed_exactly() const {
  auto& clock = const_cast<virtual_loop*>(this)->system.clock();
  return std::chrono::duration_cast<std::chrono::microseconds>(clock.now() - start_);
}

std::chrono::milliseconds virtual_loop::elapsed() const {
  return std::chrono::round<std::chrono::milliseconds>(elapsed_exactly());
}

std::size_t virtual_loop::actors_running() { return system.registry().running() - base_; }

std::size_t virtual_loop::timers() { return scheduler().clock().schedule().size(); }

void virtual_loop::drain() {
  while (scheduler().try_run_once()) {
  }
}

bool virtual_loop::run_once() { return scheduler().try_run_once(); }

void virtual_loop::advance(std::chrono::microseconds d, bool run) {
  auto& clock = scheduler().clock();
  const auto end = clock.current_time + d;
  if (run) drain();
  while (true) {
    auto next = client.next_due();
    if (!clock.schedule().empty() && (!next || clock.schedule().begin()->first < *next))
      next = clock.schedule().begin()->first;
    if (!next || *next > end) break;
    clock.current_time = std::max(clock.current_time, *next);
    clock.advance_time(caf::actor_clock::duration_type{0});
    client.deliver_due();
    if (run) drain();
  }
  clock.current_time = end;
  if (run) drain();
}

std::vector<std::string> virtual_loop::story() const {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto& e = *events[i];
    auto line = fmt::format("{} {} {}", event_times[i].count(),
                            e.target ? e.target->name : "daemon", type_name(e).substr(8));
    if (const auto* x = e.as<scale_requested>())
      line += fmt::format(" {}->{}", x->from, x->to);
    if (const auto* x = e.as<scale_applied>())
      line += fmt::format(" {}->{}", x->from, x->to);
    if (const auto* x = e.as<actor_crashed>()) line += " " + x->actor;
    if (const auto* x = e.as<actor_restarted>()) line += " " + x->actor;
    lines.push_back(std::move(line));
  }
  return lines;
}

// -- the application -----------------------------------------------------

reply simple_app::operator()(const net::http_request& r) {
  if (r.method == net::verb::get) {
    ++polls;
    return answers(200,
                   fmt::format(R"({{"cpu":{{"highPriority":{:.2f}}},"replicas":{}}})",
                               load / replicas, replicas));
  }
  int wanted = 0;
  if (std::sscanf(r.body.c_str(), R"({"replicas":%d})", &wanted) != 1)
    return answers(400);
  if (wanted == replicas) ++redundant;
  puts.push_back(wanted);
  replicas = wanted;
  return answers(204);
}

}  // namespace scaleit::test
