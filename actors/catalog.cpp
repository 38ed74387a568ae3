#include "actors/catalog.hpp"

#include <algorithm>
#include <utility>

namespace scaleit::actors {

namespace {

std::size_t index(origin o) { return static_cast<std::size_t>(o); }

/// The hold is a pause like one that the spec asks for, so that a record tells it and a
/// replay needs nothing else.
target_ptr with_hold(const target_ptr& spec, operator_hold h) {
  if (!spec || !h.any()) return spec;
  auto held = *spec;
  held.pause.scale_in = held.pause.scale_in || h.scale_in;
  held.pause.scale_out = held.pause.scale_out || h.scale_out;
  return std::make_shared<const target_spec>(std::move(held));
}

}  // namespace

std::string_view to_string(origin o) {
  constexpr std::array<std::string_view, origins> names{"environment", "file", "api"};
  return names[index(o)];
}

std::optional<origin> catalog_entry::owner() const {
  const auto first =
      std::ranges::find_if(wanted, [](const auto& w) { return w != nullptr; });
  if (first == wanted.end()) return {};
  return static_cast<origin>(first - wanted.begin());
}

target_ptr catalog_entry::owned() const {
  const auto who = owner();
  return who ? wanted[index(*who)] : nullptr;
}

template <class F>
std::optional<catalog_change> catalog::after(entries::iterator at, F change) {
  auto& e = at->second;
  const auto owner = e.owner();
  const auto spec = e.owned();
  change(e);
  const auto now = e.owned();
  const bool same = spec == now || (spec && now && *spec == *now);
  if (!same || owner != e.owner()) e.revision = ++revisions_;
  return settle(at);
}

std::optional<catalog_change> catalog::put(origin o, target_ptr spec) {
  const auto at = entries_.try_emplace(spec->name).first;
  return after(at, [&](auto& e) { e.wanted[index(o)] = std::move(spec); });
}

std::optional<catalog_change> catalog::drop(origin o, std::string_view name) {
  const auto at = entries_.find(name);
  if (at == entries_.end()) return {};
  return after(at, [&](auto& e) { e.wanted[index(o)] = nullptr; });
}

std::optional<catalog_change> catalog::hold(std::string_view name, operator_hold h) {
  const auto at = entries_.try_emplace(std::string{name}).first;
  at->second.hold = h;
  return settle(at);
}

const catalog_entry* catalog::find(std::string_view name) const {
  const auto at = entries_.find(name);
  return at == entries_.end() ? nullptr : &at->second;
}

/// Works out what is to run, forgets a name of which nothing is left, and answers what is
/// another than before.
std::optional<catalog_change> catalog::settle(entries::iterator at) {
  auto& e = at->second;
  const auto owned = e.owned();
  const auto spec = with_hold(owned, e.hold);
  const auto before = std::exchange(e.running, spec);
  if (before && !spec) --running_;
  if (!before && spec) ++running_;
  const bool same = before == spec || (before && spec && *before == *spec);
  if (same && before) e.running = before;
  std::optional<catalog_change> change;
  if (!same) change = catalog_change{at->first, spec};
  if (!owned && !e.hold.any()) entries_.erase(at);
  return change;
}

target_difference difference_of(const std::vector<target_ptr>& before,
                                std::vector<target_ptr>& after) {
  target_difference d;
  auto old = before.begin();
  const auto drop_while = [&](auto holds) {
    for (; old != before.end() && holds(**old); ++old) d.dropped.push_back((*old)->name);
  };
  for (auto& now : after) {
    drop_while([&](const target_spec& b) { return b.name < now->name; });
    const bool known = old != before.end() && (*old)->name == now->name;
    if (known && **old == *now) {
      now = *old++;
      ++d.unchanged;
      continue;
    }
    if (known) ++old;
    ++(known ? d.changed : d.added);
    d.put.push_back(now);
  }
  drop_while([](const target_spec&) { return true; });
  return d;
}

}  // namespace scaleit::actors
