#include "record/event_schema.hpp"

#include "record/describe_event.hpp"
#include "spec/schema_visitor.hpp"

#include <array>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace scaleit::record {

namespace {

using namespace spec::schema;
using spec::document_ptr;

map_ptr of_type(std::string_view type) {
  auto s = make_map();
  put(s, "type", type);
  return s;
}

map_ptr whole_number(double max) {
  auto s = of_type("integer");
  put(s, "minimum", spec::make_number(0));
  put(s, "maximum", spec::make_number(max));
  return s;
}

map_ptr list_of(const map_ptr& items) {
  auto s = of_type("array");
  put(s, "items", items);
  return s;
}

map_ptr object_of(const map_ptr& properties, const std::vector<std::string>& required) {
  auto s = of_type("object");
  put(s, "properties", properties);
  if (!required.empty()) put(s, "required", make_list(required));
  return s;
}

void add_property(const map_ptr& properties, event_key k, const map_ptr& value) {
  put(value, "description", k.about);
  put(properties, k.name, value);
}

map_ptr digits() {
  auto s = of_type("string");
  put(s, "pattern", "^[0-9]+$");
  return s;
}

map_ptr moment() {
  auto s = of_type("string");
  put(s, "format", "date-time");
  return s;
}

/// The visitor that makes a schema of the data of one type.
class data_schema {
 public:
  map_ptr result() const { return object_of(properties_, required_); }

  template <class T>
  void text(event_key k, const T&, presence p = presence::usual) {
    add(k, of_type("string"), p);
  }
  template <class T>
  void whole(event_key k, T, presence p, std::uint64_t max, T = {}) {
    add(k, whole_number(static_cast<double>(max)), p);
  }
  void millis(event_key k, microseconds, presence p, double max) {
    auto s = of_type("number");
    put(s, "minimum", spec::make_number(-max));
    put(s, "maximum", spec::make_number(max));
    add(k, s, p);
  }
  void flag(event_key k, bool) { add(k, of_type("boolean"), presence::unless_default); }
  void id(event_key k, std::uint64_t) { add(k, digits(), presence::unless_default); }
  void replicas(event_key k, int) { add(k, replica_count(), presence::required); }
  void replicas(event_key k, const std::optional<int>&) {
    add(k, replica_count(), presence::unless_default);
  }
  void replicas_or_as(std::string_view, event_key k, int) {
    add(k, replica_count(), presence::usual);
  }
  static bool leaves_out(bool) { return false; }

  void kind(event_key k, failure_kind) {
    std::vector<std::string> names;
    for (std::size_t n = 0; n < failure_kinds; ++n)
      names.emplace_back(to_string(static_cast<failure_kind>(n)));
    auto s = of_type("string");
    put(s, "examples", make_list(names));  // later versions may tell more of them apart
    add(k, s, presence::usual);
  }
  void time(event_key k, const std::optional<time_point>&) {
    add(k, moment(), presence::unless_default);
  }
  void spec(event_key k) { add(k, of_type("object"), presence::required); }
  void metrics(event_key k, const std::vector<metric_sample>&) {
    auto s = of_type("object");
    put(s, "additionalProperties", of_type("number"));
    add(k, s, presence::usual);
  }
  void missing(event_key k, const std::vector<missing_metric>&) { names(k); }
  void partial(event_key k, const std::vector<metric_sample>&) { names(k); }
  void derived(event_key k, const decision&) {
    std::vector<std::string> names;
    for (const auto d : {direction::up, direction::down, direction::none})
      names.emplace_back(to_string(d));
    auto s = make_map();
    put(s, "enum", make_list(names));
    add(k, s, presence::usual);
  }
  void steps(event_key k, const decision_made&) {
    auto properties = make_map();
    add_property(properties, step_keys::rule, of_type("string"));
    add_property(properties, step_keys::from, replica_count());
    add_property(properties, step_keys::to, replica_count());
    add_property(properties, step_keys::why, of_type("string"));
    std::vector<std::string> required;
    for (const auto& r : {step_keys::rule, step_keys::from, step_keys::to})
      required.emplace_back(r.name);
    add(k, list_of(object_of(properties, required)), presence::usual);
  }

 private:
  static map_ptr replica_count() { return whole_number(bounds::replicas_max); }
  void names(event_key k) {
    add(k, list_of(of_type("string")), presence::unless_default);
  }
  void add(event_key k, const map_ptr& value, presence p) {
    add_property(properties_, k, value);
    if (p == presence::required) required_.emplace_back(k.name);
  }

  map_ptr properties_ = make_map();
  std::vector<std::string> required_;
};

/// What holds of the data if the type is this one.
template <std::size_t I>
document_ptr rule_of_type() {
  event e;
  e.data = event::payload{std::in_place_index<I>};
  data_schema data;
  describe(data, std::get<I>(e.data));
  auto name = make_map();
  put(name, "const", type_name(e));
  auto is = make_map();
  put(is, "type", name);
  auto has = make_map();
  put(has, "data", data.result());
  auto condition = make_map();
  put(condition, "properties", is);
  auto then = make_map();
  put(then, "properties", has);
  auto s = make_map();
  put(s, "if", condition);
  put(s, "then", then);
  return s;
}

template <std::size_t... I>
std::vector<document_ptr> rules_of_types(std::index_sequence<I...>) {
  return {rule_of_type<I>()...};
}

/// What is around the data, and always there.
map_ptr event_object() {
  auto version = of_type("string");
  put(version, "pattern", "^1\\.");
  const std::vector<std::pair<event_key, map_ptr>> keys{
      {envelope::version, version},
      {envelope::id, digits()},
      {envelope::source, of_type("string")},
      {envelope::type, of_type("string")},
      {envelope::time, moment()},
      {envelope::data, of_type("object")},
  };
  auto properties = make_map();
  std::vector<std::string> required;
  for (const auto& [k, value] : keys) {
    add_property(properties, k, value);
    required.emplace_back(k.name);
  }
  return object_of(properties, required);
}

}  // namespace

std::string event_schema() {
  auto s = make_map();
  put(s, "$schema", "http://json-schema.org/draft-07/schema#");
  put(s, "title", "An event of ScaleIt: CloudEvents 1.0");
  const auto around = event_object();
  s->entries.insert(s->entries.end(), around->entries.begin(), around->entries.end());
  put(s, "allOf", make_list(rules_of_types(std::make_index_sequence<event_kinds>{})));
  return pretty_json(*s) + "\n";
}

}  // namespace scaleit::record
