// By which spec a record is replayed: that of a file, or the one it was recorded with.
#pragma once

#include "messages/target_spec.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace scaleit::record {

class replay_specs {
 public:
  /// The file may be a config, or one TargetSpec; without a name that is for every
  /// target. Throws input_error or bad_config.
  explicit replay_specs(const std::optional<std::string>& file);

  /// The file's spec; null if it has none for this target.
  target_ptr given(std::string_view target) const;
  /// The record's spec; null, with a sentence in `problem`, if it cannot be used.
  struct recorded_spec {
    target_ptr spec;
    std::string problem;
  };
  static recorded_spec recorded(std::string_view target, const std::string& json);

  /// The names in the file, for a complaint that none of them is in the record.
  std::string names() const;

 private:
  std::map<std::string, target_ptr, std::less<>> by_name_;
  target_ptr for_all_;
};

}  // namespace scaleit::record
