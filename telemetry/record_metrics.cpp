#include "telemetry/record_metrics.hpp"

#include <algorithm>

namespace scaleit::telemetry {

record_metrics::record_metrics(prometheus::Registry& registry) {
  const auto counter = [&](const char* name, const char* help) {
    return &prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
  };
  up_ = &prometheus::BuildGauge()
             .Name("scaleit_record_up")
             .Help("1 while the last write to the record went well.")
             .Register(registry)
             .Add({});
  bytes_ = counter("scaleit_record_bytes_total",
                   "Bytes written to the record, before compression.");
  dropped_ = counter("scaleit_record_events_dropped_total",
                     "Events that are not in the record because it could not be written "
                     "in time.");
  errors_ = counter("scaleit_record_errors_total", "Errors of writing the record.");
  up_->Set(1);
}

void record_metrics::show(const record::record_state& s) {
  const auto raise = [](prometheus::Counter* c, std::uint64_t total) {
    c->Increment(std::max(0.0, static_cast<double>(total) - c->Value()));
  };
  up_->Set(s.writing ? 1 : 0);
  raise(bytes_, s.bytes);
  raise(dropped_, s.dropped);
  raise(errors_, s.errors);
}

}  // namespace scaleit::telemetry
