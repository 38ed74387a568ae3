#include "main/reload.hpp"

#include "messages/bounds.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <set>
#include <utility>

namespace scaleit::main {

std::string reload_outcome::text() const {
  using enum actors::outcome;
  std::string all;
  for (const auto o : {added, changed, removed, unchanged, refused}) {
    const auto n = targets[static_cast<std::size_t>(o)];
    if (o == refused && n == 0) continue;
    all += fmt::format("{}{} {}", all.empty() ? "" : ", ", n, to_string(o));
  }
  return all;
}

/// What a reading asks of the control loop, and how far it has come.
struct reload::work {
  actors::target_difference targets;
  reload_outcome outcome;
  std::vector<handler> asked;
  std::size_t begun = 0;  ///< of `targets`: what is dropped first, then what is put
  std::size_t answered = 0;
  std::set<std::string> refused;  ///< names

  std::size_t all() const { return targets.dropped.size() + targets.put.size(); }
  void count(actors::outcome o) {
    using enum actors::outcome;
    ++answered;
    ++outcome.of(o == unknown ? unchanged : o);
  }
};

reload::reload(config_in_use config, net::event_loop& loop, actors::control_loop& control,
               bool look, handler tell)
    : config_(std::move(config)),
      loop_(loop),
      control_(control),
      tell_(std::move(tell)),
      work_(io_.get_executor()),
      next_look_(io_),
      in_use_(stamp_of(config_.file())),
      seen_(in_use_) {
  if (look) watch();
  thread_ = std::thread{[this] { io_.run(); }};
}

void reload::finish() {
  io_.stop();
  if (thread_.joinable()) thread_.join();
}

void reload::ask(std::string why, handler done) {
  net::asio::post(io_, [this, why = std::move(why), done = std::move(done)]() mutable {
    asked_.push_back(std::move(done));
    // After those who ask just now; a look may have answered them all meanwhile.
    if (asked_.size() == 1)
      net::asio::post(io_, [this, why = std::move(why)] {
        if (!asked_.empty()) read(why);
      });
  });
}

// -- on the thread of its own ---------------------------------------------

void reload::watch() {
  next_look_.expires_after(bounds::secret_look_interval);
  next_look_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    look();
    watch();
  });
}

/// One that is still being written, or moved about, is another at the next look.
void reload::look() {
  const auto now = stamp_of(config_.file());
  const bool settled = now == std::exchange(seen_, now);
  if (settled && now != in_use_) read("it is another file");
}

void reload::read(const std::string& why) {
  in_use_ = seen_ = stamp_of(config_.file());  // before: what comes later is another one
  auto reading = config_.read_again();
  auto w = std::make_shared<work>();
  w->asked = std::exchange(asked_, {});
  w->outcome.why = why;
  w->outcome.problems = std::move(reading.problems);
  w->outcome.warnings = std::move(reading.warnings);
  if (w->outcome.problems.empty()) w->outcome.auth = std::move(reading.auth);
  w->outcome.of(actors::outcome::unchanged) = reading.targets.unchanged;
  w->targets = std::move(reading.targets);
  net::asio::post(loop_.io(), [this, w = std::move(w)] {
    works_.push_back(w);
    if (works_.size() == 1) carry_out();
  });
}

// -- on the control loop --------------------------------------------------

void reload::carry_out() {
  const auto w = works_.front();
  const auto finish_if_over = [this, w] {
    if (w->answered < w->all()) return;
    if (!w->refused.empty())
      net::asio::post(io_, [this, w] { config_.not_taken(w->refused); });
    tell_(w->outcome);
    for (const auto& done : w->asked)
      if (done) done(w->outcome);
  };
  const auto heard = [w, finish_if_over](const actors::answer& a) {
    w->count(a.what);
    finish_if_over();
  };
  const auto put = [this, w, heard](const target_ptr& t) {
    control_.want(actors::origin::file, t, [w, heard, t](const actors::answer& a) {
      if (a.what == actors::outcome::refused) w->refused.insert(t->name);
      heard(a);
    });
  };
  if (w->all() == 0) finish_if_over();
  for (int n = 0; n < bounds::orders_batch && w->begun < w->all(); ++n) {
    const auto i = w->begun++;
    const auto& gone = w->targets.dropped;
    if (i < gone.size())
      control_.want_no_more(actors::origin::file, gone[i], heard);
    else
      put(w->targets.put[i - gone.size()]);
  }
  if (w->begun == w->all()) works_.pop_front();
  if (!works_.empty()) net::asio::post(loop_.io(), [this] { carry_out(); });
}

}  // namespace scaleit::main
