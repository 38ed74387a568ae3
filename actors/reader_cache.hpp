// Targets that point at the same places of their status share one compiled reader:
// ten thousand alike keep one in the cache instead of ten thousand in memory.
#pragma once

#include "messages/status_json.hpp"
#include "messages/target_spec.hpp"

#include <memory>
#include <string>
#include <unordered_map>

namespace scaleit::actors {

class reader_cache {
 public:
  /// Throws std::invalid_argument when a pointer of the spec is none.
  std::shared_ptr<const status_reader> of(const target_spec& spec) {
    auto& known = readers_[key(spec)];
    auto reader = known.lock();
    if (!reader) known = reader = std::make_shared<const status_reader>(spec);
    return reader;
  }

 private:
  /// Everything a reader is made of; JSON Pointers and names hold no newline.
  static std::string key(const target_spec& spec) {
    std::string k =
        spec.status.replicas + '\n' + spec.status.ready + '\n' + spec.status.observed_at;
    for (const auto& m : spec.metrics) k += '\n' + m.name + '\n' + m.value;
    return k;
  }

  std::unordered_map<std::string, std::weak_ptr<const status_reader>> readers_;
};

}  // namespace scaleit::actors
