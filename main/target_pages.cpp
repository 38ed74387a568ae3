#include "main/target_pages.hpp"

#include "messages/bounds.hpp"

#include <fmt/format.h>

namespace scaleit::main {

namespace {

/// So many of the largest specs are less than an answer may have.
constexpr int page_targets = 250;

}  // namespace

api_request page_request(const target_filter& filter, const std::string& after) {
  api_request r;
  r.path = fmt::format("/api/v1/targets?limit={}", page_targets);
  if (!filter.prefix.empty()) r.path += "&prefix=" + path_segment(filter.prefix);
  if (!filter.health.empty()) r.path += "&health=" + path_segment(filter.health);
  if (!after.empty()) r.path += "&continue=" + path_segment(after);
  return r;
}

target_page page_of(const spec::document& answer) {
  target_page page;
  if (const auto* items = answer.find("items"))
    for (const auto& t : items->value->items)
      if (t->is == spec::document::kind::map) page.items.push_back(t);
  // A page without targets leads nowhere, whatever it says.
  if (const auto* next = answer.find("continue"); next != nullptr && !page.items.empty())
    page.after = next->value->scalar;
  return page;
}

void each_target(api_client& api, const target_filter& filter,
                 const std::function<void(const spec::document_ptr&)>& use) {
  std::string after;
  std::size_t count = 0;
  do {
    auto page = page_of(*api.ask_document(page_request(filter, after)));
    for (const auto& t : page.items) use(t);
    count += page.items.size();
    after = std::move(page.after);
  } while (!after.empty() && count <= bounds::targets_max);
}

}  // namespace scaleit::main
