#include "policy/why.hpp"

#include "policy/rules.hpp"

namespace scaleit::policy {

namespace {

const rule_row& row_of(rule r) { return rule_table[static_cast<std::size_t>(r)]; }

}  // namespace

std::string why(const step& s, const target_spec& target, bool shadow) {
  if (s.code == unknown_rule) return {};
  const auto* second = shadow ? shadow_of(target) : nullptr;
  return row_of(s.code).why(s, second ? *second : target);
}

}  // namespace scaleit::policy

namespace scaleit {

std::string_view to_string(rule r) {
  return r == unknown_rule ? "unknown" : policy::row_of(r).name;
}

rule rule_of(std::string_view code) {
  const auto at = std::ranges::find(policy::rule_table, code, &policy::rule_row::name);
  return at == policy::rule_table.end() ? unknown_rule : at->code;
}

}  // namespace scaleit
