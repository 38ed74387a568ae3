#include "spec/spec_schema.hpp"

#include "spec/schema_visitor.hpp"

#include <memory>

namespace scaleit::spec {

namespace {

using namespace schema;

map_ptr with_keys(const words& required) {
  auto s = make_map();
  put(s, "required", make_list(required));
  return s;
}

/// A map with this key, whose value is as `value` says.
map_ptr with_key(std::string_view name, const document_ptr& value) {
  auto s = with_keys({name});
  auto properties = make_map();
  put(properties, name, value);
  put(s, "properties", properties);
  return s;
}

map_ptr all_of(const std::vector<document_ptr>& conditions) {
  auto s = make_map();
  put(s, "allOf", make_list(conditions));
  return s;
}

map_ptr is_pushed() {
  auto yes = make_map();
  put(yes, "const", make_boolean(true));
  return with_key("push", yes);
}

/// A target must be reachable: by `app`, or by a URL to write to and one to read from,
/// unless its status is reported.
document_ptr reachable() {
  const auto scaled = with_key("scale", with_keys({"url"}));
  return make_list(std::vector<document_ptr>{
      with_keys({"app"}), all_of({with_key("status", with_keys({"url"})), scaled}),
      all_of({with_key("status", is_pushed()), scaled})});
}

/// A status is read or reported.
map_ptr read_and_reported() {
  return with_key("status", all_of({with_keys({"url"}), is_pushed()}));
}

/// Without `defaults`, each target is complete by itself.
map_ptr config_definition() {
  config_spec unused;
  visitor v{true};
  visit(v, unused);
  auto s = v.result();
  const auto targets_of = [](std::string_view definition) {
    auto list = make_map();
    put(list, "description", "One TargetSpec each; names are unique");
    put(list, "type", "array");
    put(list, "maxItems", make_number(static_cast<double>(bounds::targets_max)));
    put(list, "items", reference(definition));
    return list;
  };
  auto properties = std::make_shared<document>(*s->find("properties")->value);
  put(properties, "defaults", reference("target"));
  put(properties, "targets", targets_of("target"));
  auto out = make_map();
  put(out, "type", "object");
  put(out, "properties", properties);
  put(out, "required", make_list(words{"targets"}));
  put(out, "additionalProperties", make_boolean(false));
  auto has_defaults = make_map();
  put(has_defaults, "required", make_list(words{"defaults"}));
  auto alone = make_map();
  put(alone, "not", has_defaults);
  auto complete = make_map();
  put(complete, "targets", targets_of("complete"));
  auto then = make_map();
  put(then, "properties", complete);
  put(out, "if", alone);
  put(out, "then", then);
  return out;
}

}  // namespace

std::string config_schema() {
  target_spec unused;
  visitor target{false};
  visit(target, unused);
  visitor shadow{false, {keys_not_of_a_shadow.begin(), keys_not_of_a_shadow.end()}};
  visit(shadow, unused);
  auto complete = target.complete();
  put(complete, "anyOf", reachable());
  put(complete, "not", read_and_reported());

  auto definitions = make_map();
  put(definitions, "config", config_definition());
  put(definitions, "target", target.result());
  put(definitions, "complete", complete);
  put(definitions, "shadow", shadow.result());

  auto has_targets = make_map();
  put(has_targets, "required", make_list(words{"targets"}));
  auto alone = make_map();
  put(alone, "allOf",
      make_list(std::vector<document_ptr>{reference("target"), reference("complete")}));
  auto s = make_map();
  put(s, "$schema", "http://json-schema.org/draft-07/schema#");
  put(s, "title", "ScaleIt config file, or one TargetSpec");
  put(s, "type", "object");
  put(s, "if", has_targets);
  put(s, "then", reference("config"));
  put(s, "else", alone);
  put(s, "definitions", definitions);
  return pretty_json(*s) + "\n";
}

}  // namespace scaleit::spec
