#include "api/status_board.hpp"

#include "messages/bounds.hpp"

#include <algorithm>
#include <array>
#include <type_traits>
#include <variant>

namespace scaleit::api {

record::explanation target_status::explained(const std::string& name) const {
  record::explanation story{name};
  std::array<event_ptr, 5> all{observed, decision, shadow, request,
                               failed == observed ? nullptr : failed};
  const auto end = std::remove(all.begin(), all.end(), nullptr);
  std::sort(all.begin(), end,
            [](const auto& a, const auto& b) { return a->sequence < b->sequence; });
  for (auto e = all.begin(); e != end; ++e) story.take(**e);
  return story;
}

void status_board::take(const event_ptr& e) {
  if (!e->target) return;
  const auto& name = e->target->name;
  const auto at = rows_.find(name);
  if (e->as<target_removed>()) {
    if (at == rows_.end()) return;
    --counted(at->second.status.does.health());
    rows_.erase(at);
    return;
  }
  const bool is_new = at == rows_.end();
  auto& r = is_new ? rows_[name] : at->second;
  if (!is_new) --counted(r.status.does.health());
  fold(r, e);
  ++counted(r.status.does.health());
}

void status_board::fold(row& r, const event_ptr& e) {
  auto& s = r.status;
  s.does.take(*e);
  std::visit(
      [&]<class T>(const T& x) {
        if constexpr (std::is_same_v<T, status_observed>) {
          s.observed = e;
          s.failed = s.does.failures() > 0 ? e : nullptr;
        } else if constexpr (std::is_same_v<T, status_failed>) {
          s.failed = e;
        } else if constexpr (std::is_same_v<T, decision_made>) {
          if (x.shadow) {
            s.shadow = e;
          } else {
            s.decision = e;
            keep(r, e);
          }
        } else if constexpr (std::is_same_v<T, scale_applied>) {
          s.applied = s.request = e;
        } else if constexpr (std::is_same_v<T, scale_requested> ||
                             std::is_same_v<T, scale_failed>) {
          s.request = e;
        }
      },
      e->data);
}

/// With few targets each has many; with many, each at least one.
void status_board::keep(row& r, const event_ptr& decision) {
  const auto share = bounds::api_decisions_kept / std::max<std::size_t>(rows_.size(), 1);
  const auto most = std::clamp<std::size_t>(share, 1, bounds::api_decisions_kept_max);
  auto& all = r.decisions;
  if (all.size() >= most)
    all.erase(all.begin(),
              all.begin() + static_cast<std::ptrdiff_t>(all.size() - most + 1));
  all.push_back(decision);
}

const target_status* status_board::find(std::string_view name) const {
  const auto at = rows_.find(name);
  return at == rows_.end() ? nullptr : &at->second.status;
}

std::vector<event_ptr> status_board::decisions(std::string_view name,
                                               std::size_t most) const {
  const auto at = rows_.find(name);
  if (at == rows_.end()) return {};
  const auto& all = at->second.decisions;
  const auto n = static_cast<std::ptrdiff_t>(std::min(most, all.size()));
  return {all.rbegin(), all.rbegin() + n};
}

}  // namespace scaleit::api
