#include "main/daemon.hpp"

#include "actors/control_loop.hpp"
#include "actors/loop_scheduler.hpp"
#include "api/state_folder.hpp"
#include "main/api_service.hpp"
#include "main/exit_code.hpp"
#include "main/failure.hpp"
#include "main/logging.hpp"
#include "main/recording.hpp"
#include "main/reload.hpp"
#include "main/signals.hpp"
#include "main/streams.hpp"
#include "main/watch.hpp"
#include "messages/actor_names.hpp"
#include "messages/text.hpp"
#include "net/client.hpp"
#include "record/restore.hpp"
#include "spec/input_error.hpp"
#include "telemetry/families.hpp"
#include "telemetry/from_events.hpp"
#include "telemetry/log_lines.hpp"
#include "telemetry/sampled.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

namespace scaleit::main {

namespace {

time_point wall_now() {
  return std::chrono::floor<microseconds>(std::chrono::system_clock::now());
}

class daemon {
 public:
  explicit daemon(const daemon_options& options)
      : options_(options),
        counters_(metrics_, SCALEIT_VERSION, options.settings.metrics.per_target),
        client_(loop_, client_options_for(options)),
        system_(configured(config_, loop_)),
        control_(system_, client_, *options.secrets, make_chaos(options.chaos),
                 wall_now()),
        lines_(options.level),
        recording_(recording_for(options)),
        pulse_(loop_.io()),
        reload_(reload_for(options)),
        api_(options, wall_now(), side_loop_, loop_, control_, control_.health(),
             reload_.get()),
        watch_(
            side_loop_, options.metrics, options.descriptors.clients, metrics_,
            control_.health(),
            {[this](std::string why) { stop(std::move(why)); }, [this] { hang_up(); }}) {
    options.secrets->warn_by(
        [](const std::string& what) { log(log_level::warning, what); });
    // On shutdown the process must end even if an actor does not.
    system_.await_actors_before_shutdown(false);
  }

  void run() {
    for (const auto& file : {options_.config_file, options_.env_file})
      if (!file.empty()) log(log_level::info, "settings read from " + printable(file));
    for (const auto& w : options_.warnings) log(log_level::warning, w);
    if (recording_) recording_->announce();
    if (!options_.chaos.empty()) warn_of_chaos();
    log(log_level::info,
        fmt::format(
            "metrics on http://{}/metrics",
            spec::listen_address{options_.metrics.address, watch_.port()}.text()));
    if (const auto url = api_.url(); !url.empty())
      log(log_level::info, "API on " + url + (url.starts_with("unix:") ? "" : "/api/v1"));
    // Before there are actors: if there is no thread for it, nothing has begun.
    watch_.start();
    control_.subscribe(actor_names::telemetry,
                       [this](const event& e) { counters_.apply(e); });
    control_.subscribe(actor_names::logger, [this](const event& e) {
      for (const auto& line : lines_.tell(e))
        log(line.level, line.text, line.of_event ? &e : nullptr);
    });
    if (options_.record) remember();
    control_.start(options_.targets, options_.config_file.empty()
                                         ? actors::origin::environment
                                         : actors::origin::file);
    beat();
    auto work = net::asio::make_work_guard(loop_.io());
    loop_.io().run();
    actors::let_actors_end(loop_);
    // The watch still guards the time that these may take.
    if (recording_) recording_->finish();
    if (reload_) reload_->finish();
    api_.finish();
  }

 private:
  net::client_options client_options_for(const daemon_options& options) {
    net::client_options c;
    c.ca_file = options.ca_file;
    c.warn = [](const std::string& what) { log(log_level::warning, what); };
    c.connections_max = options.descriptors.applications;
    return c;
  }

  std::unique_ptr<recording> recording_for(const daemon_options& options) {
    if (!options.record) return nullptr;
    return std::make_unique<recording>(*options.record, control_, metrics_);
  }

  /// Standard input cannot be read again.
  std::unique_ptr<reload> reload_for(const daemon_options& o) {
    if (o.config_file.empty()) return nullptr;
    config_metrics_.emplace(metrics_, wall_now());
    if (o.config_file == "-") return nullptr;
    return std::make_unique<reload>(config_in_use{o.config_file, o.settings, o.targets,
                                                  o.secrets->variables(), o.warnings},
                                    loop_, control_, o.watch_config,
                                    [this](const reload_outcome& x) { tell(x); });
  }

  void tell(const reload_outcome& x) {
    const bool good = x.problems.empty();
    for (const auto& p : x.problems) log(log_level::error, "config file not used: " + p);
    for (const auto& w : x.warnings) log(log_level::warning, w);
    if (good)
      log(log_level::info,
          fmt::format("config file read again ({}): {}", x.why, x.text()));
    config_metrics_->read_again(good, wall_now());
    api_.tell_config({options_.config_file, wall_now(), x.problems});
    api_.reload_credentials(x.auth);
  }

  /// From the watch's thread.
  void hang_up() {
    if (reload_) return reload_->ask("SIGHUP");
    log(log_level::info, "SIGHUP: there is no config file; tokens are read again");
    api_.reload_credentials({});
  }

  static caf::actor_system_config& configured(caf::actor_system_config& c,
                                              net::event_loop& loop) {
    actors::run_actors_on(c, loop);
    return c;
  }

  /// A restarted daemon goes on with what it knew.
  void remember() {
    auto before = record::restore(options_.record->dir, options_.targets);
    for (const auto& p : before.problems) log(log_level::warning, p);
    if (const auto n = before.targets.size(); n > 0)
      log(log_level::info,
          fmt::format("the record remembers {} {}", n, n == 1 ? "target" : "targets"));
    control_.remember(std::move(before.targets));
  }

  void warn_of_chaos() const {
    std::string rates;
    for (const auto& [actor, rate] : options_.chaos)
      rates += fmt::format(" {}={}", actor, rate);
    log(log_level::warning, "CHAOS is on: actors are made to crash on purpose (" +
                                rates.substr(1) +
                                "); a testing aid, never for production");
  }

  /// From the watch's thread. On the loop's, as CAF's mailboxes are no way between
  /// threads that a thread sanitizer could follow.
  void stop(std::string why) {
    net::asio::post(loop_.io(), [this, why = std::move(why)]() mutable {
      control_.stop(std::move(why), [this] { loop_.io().stop(); });
    });
  }

  /// Shows that the loop turns, and samples what no event tells.
  void beat() {
    const auto now = std::chrono::steady_clock::now();
    control_.pulse(now, wall_now());
    if (beat_due_)
      sampled_.loop_lag(std::chrono::duration<double>(now - *beat_due_).count());
    for (const auto& s : control_.events().subscriptions()) {
      sampled_.queue_depth(s->name(), s->depth());
      sampled_.events_dropped(s->name(), s->dropped());
    }
    const auto http = client_.stats();
    sampled_.queue_depth("actors_ready", actors::actors_ready(system_));
    sampled_.queue_depth("http_waiting", http.requests_queued);
    sampled_.queue_depth("http_in_flight", http.requests_in_flight);
    sampled_.connections(http.connections_open, http.connections_idle);
    sampled_.log_lines_dropped(log_lines_dropped());
    if (recording_) recording_->pulse(now);
    counters_.pulse();
    for (const auto& line : lines_.tell_rest(control_.events().time_at(now)))
      log(line.level, line.text);
    beat_due_ = now + bounds::loop_pulse_interval;
    pulse_.expires_at(*beat_due_);
    pulse_.async_wait([this](const boost::system::error_code& error) {
      if (!error) beat();
    });
  }

  const daemon_options& options_;
  net::event_loop loop_;
  net::event_loop side_loop_;  ///< of the watch's thread
  telemetry::families metrics_;
  telemetry::from_events counters_;
  telemetry::sampled sampled_{metrics_};
  net::pooled_client client_;
  caf::actor_system_config config_;
  caf::actor_system system_;
  actors::control_loop control_;
  telemetry::log_lines lines_;
  std::unique_ptr<recording> recording_;
  net::asio::steady_timer pulse_;
  std::optional<steady_time> beat_due_;
  std::optional<telemetry::config_file> config_metrics_;
  std::unique_ptr<reload> reload_;  // outlives the thread of the signals
  api_service api_;
  watch watch_;  // the last: its thread uses the others
};

}  // namespace

int run_daemon(const daemon_options& options) {
  ignore_stray_signals();
  std::optional<daemon> d;
  try {
    d.emplace(options);
  } catch (const cannot_listen& e) {
    stop_log();
    complain("cannot listen on {}", e.what());
    return exit_code::failure;
  } catch (const api::state_locked& e) {
    stop_log();
    complain("{}", e.what());
    return exit_code::failure;
  } catch (const spec::input_error& e) {
    stop_log();
    complain("{}", e.what());
    return exit_code::bad_input;
  } catch (const record::record_error& e) {
    stop_log();
    complain("{}", e.what());
    const bool locked = dynamic_cast<const record::record_locked*>(&e) != nullptr;
    return locked ? exit_code::failure : exit_code::bad_input;
  }
  try {
    d->run();
  } catch (const std::exception& e) {
    // Not unwound: the actors refer to what would be taken apart under them.
    stop_log();
    complain("{}", failure_sentence(e));
    std::_Exit(exit_code::failure);
  }
  stop_log();  // while the watch still guards the time it may take
  return exit_code::success;
}

}  // namespace scaleit::main
