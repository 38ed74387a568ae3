#include "spec/json_slots.hpp"

#include "messages/bounds.hpp"
#include "messages/text.hpp"
#include "spec/json_pointer.hpp"

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace scaleit::spec {

namespace {

using kind = json_value::kind;

std::string_view name_of(kind k) {
  constexpr std::array<std::string_view, 7> names{
      "absent", "null", "a boolean", "a number", "a string", "an object", "an array"};
  return names[static_cast<std::size_t>(k)];
}

/// A node of the tree of all pointers; `slot` is set where a pointer ends.
struct node {
  std::vector<std::pair<std::string, std::size_t>>
      children;  ///< token, index of the node
  std::vector<std::size_t> slots;
};

constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

std::size_t child(const std::vector<node>& nodes, std::size_t at,
                  std::string_view token) {
  if (at == nowhere) return nowhere;
  for (const auto& [name, index] : nodes[at].children)
    if (name == token) return index;
  return nowhere;
}

/// Walks the body once, in step with the tree, and fills the slots.
class collector : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, collector> {
 public:
  collector(const std::vector<node>& nodes, std::vector<json_value>& slots)
      : nodes_(nodes), slots_(slots) {}

  bool Null() { return scalar({kind::null, "null"}); }
  bool Bool(bool b) { return scalar({kind::boolean, b ? "true" : "false"}); }
  bool RawNumber(const char* s, rapidjson::SizeType n, bool) {
    return scalar({kind::number, {s, n}});
  }
  bool String(const char* s, rapidjson::SizeType n, bool) {
    return scalar({kind::string, {s, n}});
  }
  bool Key(const char* s, rapidjson::SizeType n, bool) {
    auto& top = stack_[depth_ - 1];
    top.next = child(nodes_, top.at, {s, n});
    return true;
  }
  bool StartObject() { return enter(kind::object); }
  bool EndObject(rapidjson::SizeType) { return leave(); }
  bool StartArray() { return enter(kind::array); }
  bool EndArray(rapidjson::SizeType) { return leave(); }

  bool too_deep() const { return too_deep_; }

 private:
  struct frame {
    std::size_t at = nowhere;    ///< the container's own node
    std::size_t next = nowhere;  ///< the node of the value to come (objects)
    std::size_t index = 0;       ///< of the value to come (arrays)
    bool array = false;
  };

  /// The node of the value that begins now.
  std::size_t arrive() {
    if (depth_ == 0) return 0;
    auto& top = stack_[depth_ - 1];
    if (!top.array) return top.next;
    const std::size_t index = top.index++;
    return top.at == nowhere ? nowhere : child(nodes_, top.at, std::to_string(index));
  }
  void fill(std::size_t at, json_value v) {
    if (at == nowhere) return;
    for (const auto slot : nodes_[at].slots)
      slots_[slot] = v;  // a repeated key: the last counts
  }
  bool scalar(json_value v) {
    fill(arrive(), v);
    return true;
  }
  bool enter(kind k) {
    const std::size_t at = arrive();
    fill(at, {k, {}});
    too_deep_ = depth_ == stack_.size();
    if (too_deep_) return false;
    stack_[depth_++] = {at, nowhere, 0, k == kind::array};
    return true;
  }
  bool leave() {
    --depth_;
    return true;
  }

  const std::vector<node>& nodes_;
  std::vector<json_value>& slots_;
  std::array<frame, bounds::json_depth_max> stack_{};
  std::size_t depth_ = 0;
  bool too_deep_ = false;
};

}  // namespace

struct json_slots::tree {
  std::vector<node> nodes{1};
  std::size_t slots = 0;
};

json_slots::json_slots() : tree_(std::make_unique<tree>()) {}
json_slots::~json_slots() = default;
json_slots::json_slots(json_slots&&) noexcept = default;
json_slots& json_slots::operator=(json_slots&&) noexcept = default;

void json_slots::add(const std::string& pointer) {
  const auto tokens = parse_json_pointer(pointer);
  if (!tokens) throw std::invalid_argument{"not a JSON Pointer: " + printable(pointer)};
  auto& nodes = tree_->nodes;
  std::size_t at = 0;
  for (const auto& token : *tokens) {
    std::size_t next = child(nodes, at, token);
    if (next == nowhere) {
      next = nodes.size();
      nodes[at].children.emplace_back(token, next);
      nodes.emplace_back();
    }
    at = next;
  }
  nodes[at].slots.push_back(tree_->slots++);
}

void json_slots::add_nothing() { ++tree_->slots; }

std::variant<std::vector<json_value>, failure> json_slots::read(std::string& body) const {
  std::vector<json_value> slots(tree_->slots);
  collector found{tree_->nodes, slots};
  // An in-situ stream ends at the first NUL: one inside the body is an error, not an end.
  if (body.find('\0') != std::string::npos)
    return failure{failure_kind::json, "not JSON: a NUL byte in the body"};
  char* begin = body.data();
  if (body.starts_with("\xEF\xBB\xBF")) begin += 3;  // RFC 8259, 8.1: may be ignored
  rapidjson::InsituStringStream stream{begin};
  rapidjson::Reader reader;
  constexpr unsigned flags =
      rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag |
      rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseValidateEncodingFlag;
  if (const auto result = reader.Parse<flags>(stream, found); result.IsError()) {
    if (found.too_deep())
      return failure{failure_kind::json,
                     fmt::format("nested deeper than {} levels", bounds::json_depth_max)};
    return failure{
        failure_kind::json,
        fmt::format("not JSON: {} (at byte {})",
                    rapidjson::GetParseError_En(result.Code()), result.Offset())};
  }

  return slots;
}

std::optional<double> finite_number(std::string_view s) {
  double d = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), d);
  if (error != std::errc{} || end != s.data() + s.size() || !std::isfinite(d)) return {};
  return d;
}

std::string described(const std::string& pointer, const json_value& v) {
  if (v.what == kind::absent) return fmt::format("{} is absent", printable(pointer, 80));
  if (v.text.empty())
    return fmt::format("{} is {}", printable(pointer, 80), name_of(v.what));
  const char* quote = v.what == kind::string ? "\"" : "";
  return fmt::format("{} is {}{}{}, {}", printable(pointer, 80), quote,
                     printable(v.text, 40), quote, name_of(v.what));
}

std::optional<double> metric_value(const json_value& v) {
  if (v.what != kind::number && v.what != kind::string) return {};
  const auto d = finite_number(v.text);
  return d && *d >= 0 ? d : std::nullopt;
}

std::string no_metric_value(const std::string& pointer, const json_value& v) {
  return described(pointer, v) + "; accepted: a finite number, at least 0";
}

}  // namespace scaleit::spec
