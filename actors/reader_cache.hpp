// Targets that point at the same places of their status share one compiled reader, and
// those that read the same metrics elsewhere another: ten thousand alike keep one in the
// cache instead of ten thousand in memory. A reader that nobody uses any more is not
// kept.
#pragma once

#include "messages/target_spec.hpp"
#include "spec/status_json.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>

namespace scaleit::actors {

/// Throws std::invalid_argument when a pointer of the spec is none.
class reader_cache {
 public:
  std::shared_ptr<const spec::status_reader> of(const target_spec& spec) {
    return cached(statuses_, key(spec), spec);
  }
  /// The reader of metrics that share one URL.
  std::shared_ptr<const spec::metric_reader> of(
      std::span<const metric_spec* const> metrics) {
    std::string k;
    for (const auto* m : metrics) k += part(*m);
    return cached(metrics_, k, metrics);
  }
  std::size_t size() const { return statuses_->size() + metrics_->size(); }

 private:
  template <class Reader>
  using readers = std::unordered_map<std::string, std::weak_ptr<const Reader>>;
  template <class Reader>
  using shared_readers = std::shared_ptr<readers<Reader>>;

  /// The last user of a reader takes its key along; users may outlive the cache.
  template <class Reader, class Source>
  static std::shared_ptr<const Reader> cached(const shared_readers<Reader>& in,
                                              const std::string& k,
                                              const Source& source) {
    if (const auto known = in->find(k); known != in->end())
      if (auto reader = known->second.lock()) return reader;
    std::shared_ptr<const Reader> reader{
        new Reader(source), [k, from = std::weak_ptr{in}](const Reader* dead) {
          delete dead;
          const auto all = from.lock();
          if (!all) return;
          const auto at = all->find(k);
          if (at != all->end() && at->second.expired()) all->erase(at);
        }};
    in->insert_or_assign(k, reader);
    return reader;
  }

  /// Everything a reader is made of; JSON Pointers and names hold no newline.
  static std::string part(const metric_spec& m) {
    return m.name + '\n' + m.value +
           (m.format == metric_format::prometheus ? "\np\n" : "\n");
  }
  static std::string key(const target_spec& spec) {
    std::string k = spec.status.replicas + '\n' + spec.status.ready + '\n' +
                    spec.status.observed_at + '\n';
    for (const auto& m : spec.metrics)
      if (m.url.empty()) k += part(m);
    return k;
  }

  shared_readers<spec::status_reader> statuses_ =
      std::make_shared<readers<spec::status_reader>>();
  shared_readers<spec::metric_reader> metrics_ =
      std::make_shared<readers<spec::metric_reader>>();
};

}  // namespace scaleit::actors
