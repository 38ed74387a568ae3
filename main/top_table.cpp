#include "main/top_table.hpp"

#include "main/sparkline.hpp"
#include "main/text_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace scaleit::main {

namespace {

constexpr std::size_t trend_width = 8;
constexpr auto unknown = std::numeric_limits<double>::quiet_NaN();

double ratio_of(const target_view& t) {
  const auto* m = t.leading();
  return m != nullptr ? t.ratio(*m).value_or(unknown) : unknown;
}

/// The worst first.
int severity(const target_view& t) {
  if (t.health == "down") return 0;
  if (t.health == "failing") return 1;
  return t.health == "ok" ? 3 : 2;
}

/// What is not known comes last.
bool greater(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return !std::isnan(a) && std::isnan(b);
  return a > b;
}

double number_of(std::optional<int> n) { return n ? *n : unknown; }

bool before(const target_view& a, const target_view& b, top_order order) {
  switch (order) {
    case top_order::health:
      return severity(a) < severity(b);
    case top_order::name:
      return a.name < b.name;
    case top_order::replicas:
      return greater(number_of(a.replicas), number_of(b.replicas));
    case top_order::desired:
      return greater(number_of(a.desired), number_of(b.desired));
    case top_order::metric:
      return greater(ratio_of(a), ratio_of(b));
  }
  return false;
}

std::vector<table_column> columns() {
  return {{.title = "NAME", .width_min = 12, .where = cut::middle, .width_usual = 12},
          {.title = "HEALTH", .width_usual = 7},
          {.title = "REPL", .right = true, .width_usual = 4},
          {.title = "WANT", .right = true, .width_usual = 4},
          {.title = "METRIC", .width_min = 4, .where = cut::middle, .width_usual = 6},
          {.title = "/TARGET", .right = true},
          {.title = "TREND", .width_usual = trend_width},
          {.title = "WHY", .width_min = 8}};
}

std::string number_cell(std::optional<int> n) { return n ? std::to_string(*n) : "-"; }

}  // namespace

void top_table::update(std::vector<target_view> now) {
  std::map<std::string, history, std::less<>> kept;
  for (const auto& t : now) {
    auto& h = kept[t.name];
    if (const auto old = histories_.find(t.name); old != histories_.end())
      h = std::move(old->second);
    // A value that is older than a failure is no point of the line.
    h.ratios.push_back(t.failure ? unknown : ratio_of(t));
    if (h.ratios.size() > trend_width) h.ratios.pop_front();
  }
  histories_ = std::move(kept);
  targets_ = std::move(now);
  sort();
}

void top_table::sort_by(top_order order) {
  reversed_ = order == order_ && !reversed_;
  order_ = order;
  sort();
}

void top_table::sort() {
  std::ranges::sort(targets_, {}, &target_view::name);
  std::ranges::stable_sort(targets_, [this](const auto& a, const auto& b) {
    return reversed_ ? before(b, a, order_) : before(a, b, order_);
  });
}

std::string top_table::summary(std::size_t width, const std::string& note) const {
  std::array<std::size_t, 4> counts{};
  for (const auto& t : targets_) ++counts[static_cast<std::size_t>(severity(t))];
  constexpr std::array<std::string_view, 4> names{"down", "failing", "unknown", "ok"};
  auto line =
      fmt::format("{} target{}", targets_.size(), targets_.size() == 1 ? "" : "s");
  const char* between = ": ";
  for (std::size_t i = counts.size(); i-- > 0;) {
    if (counts[i] == 0) continue;
    line += fmt::format("{}{} {}", between, counts[i], names[i]);
    between = ", ";
  }
  if (!note.empty()) line += "  " + note;
  return fitted(line, width, cut::end);
}

/// Half height is the target.
std::string top_table::trend(const target_view& t) const {
  const auto h = histories_.find(t.name);
  return h == histories_.end() ? std::string{}
                               : sparkline(h->second.ratios, trend_width, 0, 2);
}

std::vector<std::string> top_table::lines(std::size_t width,
                                          std::optional<std::size_t> height,
                                          const std::string& note) {
  constexpr std::size_t above = 2;  // the summary and the title
  const auto all = static_cast<long>(targets_.size());
  const auto rows =
      height ? static_cast<long>(*height > above ? *height - above : 0) : all;
  first_ = std::clamp(first_, 0L, std::max(0L, all - rows));
  text_table table{columns()};
  for (long i = first_; i < std::min(all, first_ + rows); ++i) {
    const auto& t = targets_[static_cast<std::size_t>(i)];
    const auto* m = t.leading();
    table.add({t.name, t.health, number_cell(t.replicas), number_cell(t.desired),
               m != nullptr ? m->name : "", m != nullptr ? metric_cell(t, *m) : "",
               trend(t), why_of(t)});
  }
  auto out = table.lines(width);
  out.insert(out.begin(), summary(width, note));
  if (height && out.size() > *height) out.resize(*height);
  shown_ = out.size();
  return out;
}

bool top_table::is_unwell(std::size_t line) const {
  if (line <= title_line || line >= shown_) return false;
  const auto i = static_cast<std::size_t>(first_) + line - title_line - 1;
  return i < targets_.size() && !targets_[i].is_well();
}

}  // namespace scaleit::main
