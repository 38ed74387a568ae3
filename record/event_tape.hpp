// A line of JSON as a flat list of its values, each behind the container it is in: what
// RapidJSON tells, noted down once, in buffers that are used again from line to line.
#pragma once

#include "messages/bounds.hpp"

#include <rapidjson/reader.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::record {

/// One value. Texts point into the line.
struct tape_value {
  enum class kind : std::uint8_t { absent, null, boolean, number, string, object, array };

  kind is = kind::absent;
  std::uint32_t next = 0;  ///< where what follows it begins, behind all that is in it
  std::string_view key;    ///< in an object
  std::string_view text;   ///< of a scalar, as it was written; a string without escapes

  /// null says no more than nothing.
  bool has() const { return is != kind::absent && is != kind::null; }
};

inline std::string_view name_of(tape_value::kind k) {
  constexpr std::array<std::string_view, 7> names{
      "absent", "null", "a boolean", "a number", "a string", "an object", "an array"};
  return names[static_cast<std::size_t>(k)];
}

class event_tape : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, event_tape> {
 public:
  using kind = tape_value::kind;

  /// What stands under the key `skipped` of the data is noted as one value, without what
  /// is in it.
  explicit event_tape(std::string_view skipped) : skipped_(skipped) {}

  enum class refusal : std::uint8_t { none, syntax, depth, no_object };
  /// Reads one line in place. The byte behind it, line[size], is overwritten.
  refusal read(char* line, std::size_t size);
  /// Where a syntax error is, and which.
  rapidjson::ParseResult where() const { return where_; }

  const std::vector<tape_value>& values() const { return values_; }

  // -- what RapidJSON tells -----------------------------------------------
  bool Null() { return scalar({kind::null, 0, {}, "null"}); }
  bool Bool(bool b) { return scalar({kind::boolean, 0, {}, b ? "true" : "false"}); }
  bool RawNumber(const char* s, rapidjson::SizeType n, bool) {
    return scalar({kind::number, 0, {}, {s, n}});
  }
  bool String(const char* s, rapidjson::SizeType n, bool) {
    return scalar({kind::string, 0, {}, {s, n}});
  }
  bool Key(const char* s, rapidjson::SizeType n, bool) {
    key_ = {s, n};
    return true;
  }
  bool StartObject() { return enter(kind::object); }
  bool EndObject(rapidjson::SizeType) { return leave(); }
  bool StartArray() { return enter(kind::array); }
  bool EndArray(rapidjson::SizeType) { return leave(); }

 private:
  bool scalar(tape_value v) {
    if (depth_ == 0) return refuse(refusal::no_object);
    if (skipping_ == 0) note(v);
    return true;
  }
  void note(tape_value v) {
    v.key = key_;
    v.next = static_cast<std::uint32_t>(values_.size() + 1);
    values_.push_back(v);
    key_ = {};
  }
  bool enter(kind k) {
    if (depth_ == bounds::json_depth_max) return refuse(refusal::depth);
    if (depth_ == 0 && k != kind::object) return refuse(refusal::no_object);
    if (skipping_ == 0) {
      open_[depth_] = static_cast<std::uint32_t>(values_.size());
      const bool skip = depth_ == 2 && !skipped_.empty() && key_ == skipped_;
      note({k, 0, {}, {}});
      if (skip) skipping_ = depth_ + 1;
    }
    ++depth_;
    return true;
  }
  bool leave() {
    --depth_;
    if (skipping_ != 0 && depth_ + 1 > skipping_) return true;
    skipping_ = 0;
    values_[open_[depth_]].next = static_cast<std::uint32_t>(values_.size());
    return true;
  }
  bool refuse(refusal why) {
    why_ = why;
    return false;
  }

  std::string_view skipped_;
  rapidjson::Reader json_;
  rapidjson::ParseResult where_;
  refusal why_ = refusal::none;
  std::vector<tape_value> values_;
  std::array<std::uint32_t, bounds::json_depth_max> open_{};  ///< by depth
  std::size_t depth_ = 0;
  std::size_t skipping_ = 0;  ///< the depth within what is skipped, or 0
  std::string_view key_;
};

/// The members of an object of a tape. Those that are asked for in the order in which
/// they stand cost one comparison each.
class tape_members {
 public:
  tape_members(const event_tape& tape, std::uint32_t object)
      : values_(&tape.values()),
        begin_(object + 1),
        end_((*values_)[object].next),
        at_(begin_) {}

  static constexpr std::uint32_t nowhere = ~std::uint32_t{0};
  /// Where the member's value is.
  std::uint32_t find(std::string_view key) {
    for (auto i = at_; i < end_; i = (*values_)[i].next)
      if ((*values_)[i].key == key) return found(i);
    for (auto i = begin_; i < at_; i = (*values_)[i].next)
      if ((*values_)[i].key == key) return found(i);
    return nowhere;
  }
  const tape_value& operator[](std::string_view key) {
    static constexpr tape_value absent;
    const auto i = find(key);
    return i == nowhere ? absent : (*values_)[i];
  }

 private:
  std::uint32_t found(std::uint32_t i) {
    at_ = (*values_)[i].next;
    return i;
  }

  const std::vector<tape_value>* values_;
  std::uint32_t begin_, end_, at_;
};

/// The values in a container of a tape, in their order.
template <class F>
void for_each(const event_tape& tape, std::uint32_t container, F f) {
  const auto& all = tape.values();
  for (auto i = container + 1; i < all[container].next; i = all[i].next) f(i, all[i]);
}

}  // namespace scaleit::record
