// A step of a decision as JSON: in an event, and in the answer of a replay.
#pragma once

#include "messages/json_stream.hpp"
#include "record/describe_event.hpp"

#include <string_view>

namespace scaleit::record {

inline void write_name(json_writer& json, std::string_view s) {
  json.Key(s.data(), static_cast<rapidjson::SizeType>(s.size()));
}

inline void write_text(json_writer& json, std::string_view s) {
  json.String(s.data(), static_cast<rapidjson::SizeType>(s.size()));
}

/// `rule` is the public code.
inline void write_step(json_writer& json, std::string_view rule, int from, int to,
                       std::string_view why) {
  json.StartObject();
  write_name(json, step_keys::rule.name), write_text(json, rule);
  write_name(json, step_keys::from.name), json.Int(from);
  write_name(json, step_keys::to.name), json.Int(to);
  write_name(json, step_keys::why.name), write_text(json, why);
  json.EndObject();
}

}  // namespace scaleit::record
