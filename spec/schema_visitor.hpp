// The visitor that makes a JSON Schema of what it is shown, and the pieces of one.
#pragma once

#include "spec/describe.hpp"
#include "spec/document.hpp"
#include "spec/spec_forms.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace scaleit::spec {

namespace schema {

using kind = document::kind;
using map_ptr = std::shared_ptr<document>;

inline map_ptr make_map() {
  auto d = std::make_shared<document>();
  d->is = kind::map;
  return d;
}

inline void put(const map_ptr& map, std::string_view key, document_ptr value) {
  map->entries.push_back({std::string{key}, {}, std::move(value)});
}
inline void put(const map_ptr& map, std::string_view key, std::string_view value) {
  put(map, key, make_text(value));
}

template <class Range>
document_ptr make_list(const Range& items) {
  auto d = std::make_shared<document>();
  d->is = kind::list;
  for (const auto& i : items)
    if constexpr (std::is_convertible_v<decltype(i), document_ptr> &&
                  !std::is_convertible_v<decltype(i), std::string_view>)
      d->items.push_back(i);
    else
      d->items.push_back(make_text(i));
  return d;
}

using words = std::vector<std::string_view>;

inline map_ptr reference(std::string_view definition) {
  auto r = make_map();
  put(r, "$ref", "#/definitions/" + std::string{definition});
  return r;
}

/// One of these alone is its own name, several are a list.
inline document_ptr types(words all) {
  return all.size() == 1 ? make_text(all.front()) : make_list(all);
}

inline void put_range(const map_ptr& s, const number_range& r) {
  put(s, r.above_min ? "exclusiveMinimum" : "minimum", make_number(r.min));
  if (std::isfinite(r.max))
    put(s, r.below_max ? "exclusiveMaximum" : "maximum", make_number(r.max));
}

/// Makes `properties` of a map of settings.
class visitor : public spec_visitor {
 public:
  /// Without `required_here`, what is required in a map is only noted in `complete()`,
  /// since it may come from elsewhere.
  explicit visitor(bool required_here, words left_out = {})
      : required_here_(required_here), left_out_(std::move(left_out)) {}

  map_ptr result() const {
    return finished(properties_, required_here_ ? required_ : words{});
  }

  /// What is required once everything has been merged.
  map_ptr complete() const {
    auto s = make_map();
    if (!required_.empty()) put(s, "required", make_list(required_));
    put(s, "properties", blocks_);
    return s;
  }

  void whole(const spec_key& k, std::optional<int>&, std::optional<int> plain,
             whole_range r) override {
    auto s = add(k, plain || asks(k) ? words{"integer"} : words{"integer", "null"});
    put(s, "minimum", make_number(r.min));
    put(s, "maximum", make_number(r.max));
    if (plain && !asks(k)) put(s, "default", make_number(*plain));
  }
  void number(const spec_key& k, std::optional<double>&, std::optional<double> plain,
              const number_range& r) override {
    words is{"number"};
    if (r.quantity) is.push_back("string");
    if (!plain) is.push_back("null");
    auto s = add(k, is);
    put_range(s, r);
    if (r.quantity) put(s, "pattern", quantity_pattern);
    if (plain && !asks(k)) put(s, "default", make_number(*plain));
  }
  void duration(const spec_key& k, microseconds&, microseconds plain,
                duration_range r) override {
    auto s = add(k, {"string", "number"});
    put(s, "pattern", duration_pattern);
    const auto seconds = [](microseconds d) {
      return static_cast<double>(d.count()) / 1e6;
    };
    put_range(s, {.min = seconds(r.min), .max = seconds(r.max)});
    if (!asks(k)) put(s, "default", scaleit::to_string(plain));
  }
  void size(const spec_key& k, std::uint64_t&, std::uint64_t plain) override {
    auto s = add(k, {"string", "integer"});
    put(s, "pattern", size_pattern);
    put(s, "minimum", make_number(1));
    put(s, "default", size_text(plain));
  }
  void boolean(const spec_key& k, bool&, bool plain) override {
    put(add(k, {"boolean"}), "default", make_boolean(plain));
  }
  void text(const spec_key& k, std::string&, std::string_view plain,
            text_form form) override {
    auto s = add(k, {"string"});
    const auto& rules = rules_of(form);
    const bool may_be_empty = form == text_form::any && plain.empty() && !asks(k);
    if (!may_be_empty) put(s, "pattern", rules.pattern);
    put(s, "maxLength", make_number(static_cast<double>(rules.bytes_max)));
    if (!plain.empty()) put(s, "default", plain);
  }
  void choice(const spec_key& k, std::size_t&, std::size_t plain,
              names accepted) override {
    auto s = add(k, {"string"});
    put(s, "enum", make_list(accepted));
    if (!asks(k)) put(s, "default", accepted[plain]);
  }
  void headers(const spec_key& k, std::vector<header>&) override {
    auto s = add(k, {"object"});
    auto name = make_map();
    put(name, "pattern", header_pattern);
    put(s, "propertyNames", name);
    put(s, "additionalProperties", typed({"string", "null"}));
  }
  void numbers(const spec_key& k, std::vector<std::pair<std::string, double>>&,
               const number_range& r) override {
    auto each = typed({"number", "null"});
    put_range(each, r);
    put(add(k, {"object"}), "additionalProperties", each);
  }
  void group(const spec_key& k, bool* present, std::string_view shorthand,
             const std::function<void()>& body) override {
    words is{"object"};
    if (!shorthand.empty()) is.push_back("string");
    if (present != nullptr) is.push_back("null");
    auto [properties, required] = inside(body, required_here_);
    auto whole = add(k, is);
    if (!required_here_ && !required.empty()) {
      auto block = make_map();
      put(block, "required", make_list(std::exchange(required, {})));
      put(blocks_, k.name, block);
    }
    const auto inner = finished(properties, required);
    for (const auto& e : inner->entries)
      if (e.key != "type") whole->entries.push_back(e);
    if (!shorthand.empty()) put(whole, "pattern", rules_of(text_form::any).pattern);
  }
  void list(const spec_key& k, std::size_t, bool, list_range r,
            const std::function<void(std::size_t)>& resize,
            const std::function<void(std::size_t)>& item) override {
    resize(1);
    const auto [properties, required] = inside([&] { item(0); }, true);
    auto s = add(k, {"array"});
    const auto each = finished(properties, required);
    if (k.name == "metrics") put_value_or_format(each);
    put(s, "items", each);
    put(s, "minItems", make_number(static_cast<double>(r.min)));
    put(s, "maxItems", make_number(static_cast<double>(r.max)));
  }
  void shadow(const spec_key& k, target_spec&) override {
    if (is_left_out(k)) return;
    auto s = make_map();
    auto null = make_map();
    put(null, "type", "null");
    put(s, "description", k.meaning);
    put(s, "anyOf", make_list(std::vector<document_ptr>{reference("shadow"), null}));
    put(properties_, k.name, s);
  }

 private:
  static bool asks(const spec_key& k) { return k.is == presence::required; }
  bool is_left_out(const spec_key& k) const {
    return std::ranges::find(left_out_, k.name) != left_out_.end();
  }

  static map_ptr typed(const words& is) {
    auto s = make_map();
    put(s, "type", types(is));
    return s;
  }

  /// The schema of the key, to be filled.
  map_ptr add(const spec_key& k, const words& is) {
    auto s = make_map();
    put(s, "description", k.meaning);
    put(s, "type", types(is));
    if (is_left_out(k)) return s;
    put(properties_, k.name, s);
    if (asks(k)) required_.push_back(k.name);
    return s;
  }

  /// The properties that `body` adds, and which of them are required.
  std::pair<map_ptr, words> inside(const std::function<void()>& body,
                                   bool required_here) {
    const auto outer_properties = std::exchange(properties_, make_map());
    const auto outer_required = std::exchange(required_, {});
    const auto outer_left_out = std::exchange(left_out_, {});
    const bool outer_here = std::exchange(required_here_, required_here);
    body();
    required_here_ = outer_here;
    left_out_ = outer_left_out;
    return {std::exchange(properties_, outer_properties),
            std::exchange(required_, outer_required)};
  }

  /// A metric's value may be left out with a format that says where it stands, and that
  /// is the format of a URL.
  static void put_value_or_format(const map_ptr& metric) {
    auto prometheus = make_map(), format = make_map(), formatted = make_map();
    put(prometheus, "const", "prometheus");
    put(format, "format", prometheus);
    put(formatted, "properties", format);
    put(formatted, "required", make_list(words{"format"}));
    const auto requires_key = [](std::string_view key) {
      auto s = make_map();
      put(s, "required", make_list(words{key}));
      return s;
    };
    put(metric, "if", formatted);
    put(metric, "then", requires_key("url"));
    put(metric, "else", requires_key("value"));
  }

  static map_ptr finished(const map_ptr& properties, const words& required) {
    auto s = make_map();
    put(s, "type", "object");
    put(s, "properties", properties);
    if (!required.empty()) put(s, "required", make_list(required));
    put(s, "additionalProperties", make_boolean(false));
    return s;
  }

  bool required_here_;
  words left_out_;
  map_ptr properties_ = make_map();
  words required_;
  map_ptr blocks_ = make_map();
};

}  // namespace schema

}  // namespace scaleit::spec
