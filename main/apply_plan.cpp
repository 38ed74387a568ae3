#include "main/apply_plan.hpp"

#include "spec/spec_writer.hpp"

namespace scaleit::main {

apply_step plan_for(const wanted_target& wanted, const spec::document* now) {
  const auto* spec = now != nullptr ? now->find("spec") : nullptr;
  const bool same = spec != nullptr &&
                    spec::same_content(*spec::to_document(wanted.read), *spec->value);
  // What is hidden equals anything, so that it is taken for the same only with all else.
  if (wanted.hides_credentials) return same ? apply_step::nothing : apply_step::refuse;
  if (now == nullptr) return apply_step::create;
  return same && !wanted.shows_credentials ? apply_step::nothing : apply_step::change;
}

std::string_view outcome_of(const spec::document* before, const spec::document& after) {
  if (before == nullptr) return "created";
  const auto* a = before->find("revision");
  const auto* b = after.find("revision");
  const bool same =
      a != nullptr && b != nullptr && spec::same_content(*a->value, *b->value);
  return same ? "unchanged" : "configured";
}

}  // namespace scaleit::main
