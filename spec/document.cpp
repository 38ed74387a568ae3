#include "spec/document.hpp"

#include "messages/bounds.hpp"
#include "messages/json_stream.hpp"
#include "messages/text.hpp"

#include <fmt/format.h>
#include <rapidjson/prettywriter.h>

#include <algorithm>
#include <cmath>
#include <unordered_set>

namespace scaleit::spec {

using kind = document::kind;

const document_entry* document::find(std::string_view key) const {
  const auto found = std::ranges::find(entries, key, &document_entry::key);
  return found == entries.end() ? nullptr : &*found;
}

// -- combining ------------------------------------------------------------

namespace {

void put(document& map, document_entry e) {
  map.nodes += e.value->nodes;
  map.entries.push_back(std::move(e));
}

}  // namespace

document_ptr merge(const document_ptr& under, const document_ptr& over) {
  if (!under || !over) return over ? over : under;
  if (under->is != kind::map || over->is != kind::map) return over;
  auto out = std::make_shared<document>(document{kind::map, over->at});
  for (const auto& e : under->entries) {
    const auto* above = over->find(e.key);
    put(*out, above ? document_entry{e.key, above->at, merge(e.value, above->value)} : e);
  }
  for (const auto& e : over->entries)
    if (!under->find(e.key)) put(*out, e);
  return out;
}

document_ptr difference(const document_ptr& under, const document_ptr& result) {
  if (same_content(*under, *result)) return nullptr;
  if (under->is != kind::map || result->is != kind::map) return result;
  auto out = std::make_shared<document>(document{kind::map, result->at});
  for (const auto& e : result->entries) {
    const auto* below = under->find(e.key);
    const auto changed = below ? difference(below->value, e.value) : e.value;
    if (changed) put(*out, {e.key, e.at, changed});
  }
  for (const auto& e : under->entries)
    if (!result->find(e.key)) put(*out, {e.key, e.at, make_null()});
  return out;
}

document_ptr without(const document_ptr& map, const std::vector<std::string_view>& keys) {
  auto out = std::make_shared<document>(document{kind::map, map->at});
  for (const auto& e : map->entries)
    if (std::ranges::find(keys, e.key) == keys.end()) put(*out, e);
  return out;
}

bool same_content(const document& a, const document& b) {
  if (&a == &b) return true;
  if (a.is != b.is || a.items.size() != b.items.size() ||
      a.entries.size() != b.entries.size())
    return false;
  if (a.is == kind::number)
    return parse_yaml_number(a.scalar) == parse_yaml_number(b.scalar);
  if (a.scalar != b.scalar) return false;
  for (std::size_t i = 0; i < a.items.size(); ++i)
    if (!same_content(*a.items[i], *b.items[i])) return false;
  return std::ranges::all_of(a.entries, [&](const document_entry& e) {
    const auto* other = b.find(e.key);
    return other && same_content(*e.value, *other->value);
  });
}

// -- writing --------------------------------------------------------------

namespace {

/// YAML's 0x1F and .5 are no JSON, and JSON has no infinity.
template <class Writer>
void write_number(Writer& json, double d) {
  const auto text = std::isfinite(d) ? fmt::format("{}", d) : "null";
  json.RawValue(text.data(), text.size(), rapidjson::kNumberType);
}

template <class Writer>
void write(Writer& json, const document& d) {
  const auto size = [](const std::string& s) {
    return static_cast<rapidjson::SizeType>(s.size());
  };
  switch (d.is) {
    case kind::null:
      json.Null();
      return;
    case kind::boolean:
      json.Bool(d.scalar.front() == 't' || d.scalar.front() == 'T');
      return;
    case kind::number:
      write_number(json, parse_yaml_number(d.scalar).value_or(0));
      return;
    case kind::text:
      json.String(d.scalar.data(), size(d.scalar));
      return;
    case kind::list:
      json.StartArray();
      for (const auto& i : d.items) write(json, *i);
      json.EndArray();
      return;
    case kind::map:
      json.StartObject();
      for (const auto& e : d.entries) {
        json.Key(e.key.data(), size(e.key));
        write(json, *e.value);
      }
      json.EndObject();
  }
}

document_ptr make_scalar(kind is, std::string text, text_position at = {}) {
  auto d = std::make_shared<document>();
  d->is = is;
  d->at = at;
  d->scalar = std::move(text);
  return d;
}

}  // namespace

void append_json(std::string& out, const document& d) {
  string_stream stream{out};
  json_writer json{stream};
  write(json, d);
}

std::string pretty_json(const document& d) {
  std::string out;
  string_stream stream{out};
  rapidjson::PrettyWriter<string_stream> json{stream};
  json.SetIndent(' ', 2);
  write(json, d);
  return out;
}

document_ptr make_text(std::string_view s, text_position at) {
  return make_scalar(kind::text, std::string{s}, at);
}
document_ptr make_number(double d) {
  return make_scalar(kind::number, fmt::format("{}", d));
}
document_ptr make_boolean(bool b) {
  return make_scalar(kind::boolean, b ? "true" : "false");
}
document_ptr make_null() { return make_scalar(kind::null, ""); }

// -- building -------------------------------------------------------------

void document_builder::begin(kind list_or_map, text_position at) {
  if (open_.size() >= bounds::json_depth_max)
    throw document_error{
        at, fmt::format("nested deeper than {} levels", bounds::json_depth_max)};
  level l;
  l.node = std::make_shared<document>();
  l.node->is = list_or_map;
  l.node->at = at;
  open_.push_back(std::move(l));
}

bool document_builder::expects_key() const {
  return !open_.empty() && open_.back().node->is == kind::map && !open_.back().key;
}

void document_builder::key(std::string_view name, text_position at) {
  open_.back().key = document_entry{std::string{name}, at, nullptr};
}

void document_builder::end() {
  auto done = std::move(open_.back());
  open_.pop_back();
  std::unordered_set<std::string_view> seen;
  for (const auto& e : done.node->entries)
    if (!seen.insert(e.key).second)
      throw document_error{
          e.at, fmt::format("key '{}' stands here twice", printable(e.key, 80))};
  add(std::move(done.node));
}

void document_builder::add(document_ptr value) {
  if (open_.empty()) {
    last_ = std::move(value);
    return;
  }
  auto& top = open_.back();
  top.node->nodes += value->nodes;
  if (top.node->nodes > bounds::document_nodes_max)
    throw document_error{value->at, fmt::format("more than {} values, aliases counted",
                                                bounds::document_nodes_max)};
  last_ = value;
  if (top.node->is == kind::list) {
    top.node->items.push_back(std::move(value));
  } else {
    if (top.node->entries.size() >= bounds::document_keys_max)
      throw document_error{top.key->at, fmt::format("more than {} keys in one map",
                                                    bounds::document_keys_max)};
    top.key->value = std::move(value);
    top.node->entries.push_back(std::move(*top.key));
    top.key.reset();
  }
}

void document_builder::scalar(kind is, std::string_view text, text_position at) {
  if (text.find('\0') != std::string_view::npos)
    throw document_error{at, "holds a NUL character"};
  add(make_scalar(is, std::string{text}, at));
}

}  // namespace scaleit::spec
