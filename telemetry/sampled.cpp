#include "telemetry/sampled.hpp"

namespace scaleit::telemetry {

sampled::sampled(families& into) : all_(into) {
  into.counter("scaleit_log_lines_dropped_total");
  into.gauge("scaleit_loop_lag_seconds");
}

void sampled::queue_depth(const std::string& queue, std::size_t depth) {
  all_.gauge("scaleit_queue_depth", queue).Set(static_cast<double>(depth));
}

void sampled::events_dropped(const std::string& subscriber, std::uint64_t total) {
  all_.set_total("scaleit_events_dropped_total", static_cast<double>(total), subscriber);
}

void sampled::log_lines_dropped(std::uint64_t total) {
  all_.set_total("scaleit_log_lines_dropped_total", static_cast<double>(total));
}

void sampled::connections(std::size_t open, std::size_t idle) {
  all_.gauge("scaleit_connections", "idle").Set(static_cast<double>(idle));
  all_.gauge("scaleit_connections", "busy")
      .Set(static_cast<double>(open > idle ? open - idle : 0));
}

void sampled::loop_lag(double seconds) {
  all_.gauge("scaleit_loop_lag_seconds").Set(seconds);
}

sampled_record::sampled_record(families& into) : all_(into) {
  into.gauge("scaleit_record_up").Set(1);
  show({});
}

void sampled_record::show(const record::record_state& s) {
  all_.gauge("scaleit_record_up").Set(s.writing ? 1 : 0);
  all_.set_total("scaleit_record_bytes_total", static_cast<double>(s.bytes));
  all_.set_total("scaleit_record_events_dropped_total", static_cast<double>(s.dropped));
  all_.set_total("scaleit_record_errors_total", static_cast<double>(s.errors));
}

config_file::config_file(families& into, time_point now) : all_(into) {
  for (const auto* outcome : {"good", "bad"})
    into.counter("scaleit_config_reloads_total", outcome);
  into.gauge("scaleit_config_good").Set(1);
  into.gauge("scaleit_config_loaded_timestamp_seconds")
      .Set(to_seconds(now.time_since_epoch()));
}

void config_file::read_again(bool good, time_point now) {
  all_.counter("scaleit_config_reloads_total", good ? "good" : "bad").Increment();
  all_.gauge("scaleit_config_good").Set(good ? 1 : 0);
  if (good)
    all_.gauge("scaleit_config_loaded_timestamp_seconds")
        .Set(to_seconds(now.time_since_epoch()));
}

}  // namespace scaleit::telemetry
