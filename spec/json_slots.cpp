#include "spec/json_slots.hpp"

#include "messages/text.hpp"
#include "spec/json_pointer.hpp"
#include "spec/json_scanner.hpp"
#include "spec/text_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace scaleit::spec {

/// A node of the tree of all pointers; `slots` are those whose pointer ends here.
struct pointer_node {
  std::vector<std::pair<std::string, std::size_t>>
      children;  ///< token, index of the node
  std::vector<std::size_t> slots;
};

namespace {

using node = pointer_node;
using value_kind = json_value::kind;

std::string_view name_of(value_kind k) {
  constexpr std::array<std::string_view, 7> names{
      "absent", "null", "a boolean", "a number", "a string", "an object", "an array"};
  return names[static_cast<std::size_t>(k)];
}

constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

std::size_t child(const std::vector<node>& nodes, std::size_t at,
                  std::string_view token) {
  if (at == nowhere) return nowhere;
  for (const auto& [name, index] : nodes[at].children)
    if (name == token) return index;
  return nowhere;
}

/// Walks the body once, in step with the tree, and fills the slots. Of what no pointer
/// leads to, nothing but the kind of each bracket is kept, so that depth is harmless.
class collector {
 public:
  collector(const std::vector<node>& nodes, std::vector<json_value>& slots,
            std::string& body)
      : nodes_(nodes), slots_(slots), in_(body) {}

  void read() {
    if (in_.at_end()) in_.fail("The document is empty");
    value(0);
    while (!open_.empty()) go_on();
    if (!in_.at_end()) in_.fail("The document root must not be followed by other values");
  }

 private:
  struct frame {
    std::size_t at = nowhere;  ///< the container's own node
    std::size_t elements = 0;  ///< so far
  };

  /// The innermost one, if a pointer leads there.
  frame* known() { return led_.size() == open_.size() ? &led_.back() : nullptr; }

  void fill(std::size_t at, json_value v) {
    if (at == nowhere) return;
    for (const auto slot : nodes_[at].slots)
      slots_[slot] = v;  // a repeated key: the last counts
  }

  void value(std::size_t at) {
    const char c = in_.peek();
    if (c == '{' || c == '[') {
      in_.skip();
      fill(at, {c == '[' ? value_kind::array : value_kind::object, {}});
      if (at != nowhere && led_.size() == open_.size()) led_.push_back({at});
      open_.push_back(c == '[');
      fresh_ = true;
    } else if (c == '"') {
      if (at == nowhere)
        in_.raw_string();
      else
        fill(at, {value_kind::string, in_.string()});
    } else {
      const auto word = in_.word();
      const auto is = word == "null"                      ? value_kind::null
                      : word == "true" || word == "false" ? value_kind::boolean
                                                          : value_kind::number;
      fill(at, {is, word});
    }
  }

  /// One more value of the innermost container, or its end.
  void go_on() {
    const bool array = open_.back();
    const bool first = std::exchange(fresh_, false);
    const char c = in_.peek();
    if (c == (array ? ']' : '}')) return leave();
    if (!first) {
      if (c != ',')
        in_.fail(array ? "Missing a comma or ] after an array element"
                       : "Missing a comma or } after an object member");
      in_.skip();
    }
    auto* top = known();
    const auto index = top ? top->elements++ : 0;
    value(array ? element(top, index) : member(top));
  }

  /// Where the pointers lead from here: to an element of an array,
  std::size_t element(const frame* top, std::size_t index) const {
    return top ? child(nodes_, top->at, std::to_string(index)) : nowhere;
  }
  /// or past its name and the colon to a member of an object.
  std::size_t member(const frame* top) {
    if (in_.peek() != '"') in_.fail("Missing a name for object member");
    std::size_t to = nowhere;
    if (top)
      to = child(nodes_, top->at, in_.string());
    else
      in_.raw_string();
    if (in_.peek() != ':') in_.fail("Missing a colon after a name of object member");
    in_.skip();
    return to;
  }

  void leave() {
    if (const auto* top = known()) {
      if (top->at != nowhere)
        for (const auto slot : nodes_[top->at].slots)
          slots_[slot].elements = top->elements;
      led_.pop_back();
    }
    open_.pop_back();
    in_.skip();
  }

  const std::vector<node>& nodes_;
  std::vector<json_value>& slots_;
  json_scanner in_;
  std::vector<bool> open_;  ///< whether it is an array
  std::vector<frame> led_;  ///< of the outer ones of these, to which pointers lead
  bool fresh_ = false;      ///< nothing of the innermost one has been read
};

/// What a body that is not JSON is instead, if its first bytes say so.
std::string encoding_of(std::string_view body) {
  if (body.starts_with("\x1F\x8B")) return "compressed (gzip)";
  if (body.starts_with("\x28\xB5\x2F\xFD")) return "compressed (zstd)";
  const auto encoding = encoding_of_text(body);
  return encoding.empty() ? std::string{} : fmt::format("in {}", encoding);
}

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

std::size_t json_slots::size() const { return tree_->slots; }

std::variant<std::vector<json_value>, failure> json_slots::read(std::string& body) const {
  std::vector<json_value> slots(tree_->slots);
  try {
    collector{tree_->nodes, slots, body}.read();
  } catch (const json_error& e) {
    const auto encoded = encoding_of(body);
    return failure{failure_kind::json, encoded.empty()
                                           ? fmt::format("not JSON: {}", e.what())
                                           : fmt::format("not JSON, but {}", encoded)};
  }
  return slots;
}

std::string described(const std::string& pointer, const json_value& v) {
  if (v.what == value_kind::absent)
    return fmt::format("{} is absent", printable(pointer, 80));
  if (v.text.empty())
    return fmt::format("{} is {}", printable(pointer, 80), name_of(v.what));
  const char* quote = v.what == value_kind::string ? "\"" : "";
  return fmt::format("{} is {}{}{}, {}", printable(pointer, 80), quote,
                     printable(v.text, 40), quote, name_of(v.what));
}

std::optional<double> metric_value(const json_value& v) {
  if (v.what != value_kind::number && v.what != value_kind::string) return {};
  constexpr double least = -1e-9;  // 1 - 0.9 - 0.1 is a little below 0, and means it
  const auto d = finite_number(v.text);
  return d && *d >= least ? std::optional{std::max(*d, 0.0) + 0.0} : std::nullopt;
}

std::string no_metric_value(const std::string& pointer, const json_value& v) {
  return described(pointer, v) + "; accepted: a finite number, at least 0";
}

}  // namespace scaleit::spec
