#include "telemetry/families.hpp"

#include <algorithm>
#include <iterator>
#include <type_traits>
#include <utility>

namespace scaleit::telemetry {

prometheus::MetricType type_of(family_type t) {
  switch (t) {
    case family_type::counter:
      return prometheus::MetricType::Counter;
    case family_type::gauge:
      return prometheus::MetricType::Gauge;
    case family_type::histogram:
      break;
  }
  return prometheus::MetricType::Histogram;
}

namespace {

template <class T>
prometheus::ClientMetric read(const family& f, const families::label_values& labels,
                              const T& series) {
  auto m = series.Collect();
  m.label.reserve(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i)
    m.label.push_back({std::string{f.labels.names[i]}, labels[i]});
  return m;
}

}  // namespace

template <class T>
T& families::series(std::size_t at, label_values labels) {
  auto& r = rows_[at];
  const std::lock_guard lock{r.mutex};
  if (!std::holds_alternative<shelf<T>>(r.series)) r.series.template emplace<shelf<T>>();
  auto& all = std::get<shelf<T>>(r.series);
  if constexpr (std::is_same_v<T, prometheus::Histogram>) {
    const auto b = family_table[at].buckets;
    return all.try_emplace(std::move(labels), std::vector(b.begin(), b.end()))
        .first->second;
  } else {
    return all.try_emplace(std::move(labels)).first->second;
  }
}

template prometheus::Counter& families::series(std::size_t, label_values);
template prometheus::Gauge& families::series(std::size_t, label_values);
template prometheus::Histogram& families::series(std::size_t, label_values);

/// Made anew, as a counter can only be added to, and a sum of differences is not quite
/// the total.
void families::set_total_at(std::size_t at, const label_values& labels, double total) {
  auto& r = rows_[at];
  const std::lock_guard lock{r.mutex};
  auto& all = std::get<shelf<prometheus::Counter>>(r.series);
  if (const auto before = all.find(labels); before != all.end()) {
    if (before->second.Value() >= total) return;
    all.erase(before);
  }
  all[labels].Increment(total);
}

void families::remove(std::size_t at, const label_values& labels) {
  auto& r = rows_[at];
  const std::lock_guard lock{r.mutex};
  std::visit([&](auto& all) { all.erase(labels); }, r.series);
}

std::optional<families::slice> families::next(place& p, std::size_t most) const {
  for (; p.row < rows_.size(); ++p.row, p.after.reset()) {
    const auto& r = rows_[p.row];
    slice s{&family_table[p.row], !p.after, {}};
    const std::lock_guard lock{r.mutex};
    std::visit(
        [&](const auto& all) {
          auto i = p.after ? all.upper_bound(*p.after) : all.begin();
          for (; i != all.end() && s.series.size() < most; ++i) {
            s.series.push_back(read(*s.of, i->first, i->second));
            if (s.series.size() == most) p.after = i->first;
          }
        },
        r.series);
    if (s.series.empty()) continue;
    if (s.series.size() < most) {
      ++p.row;
      p.after.reset();
    }
    return s;
  }
  return std::nullopt;
}

std::vector<prometheus::MetricFamily> families::Collect() const {
  constexpr std::size_t at_once = 1000;
  std::vector<prometheus::MetricFamily> all;
  place p;
  while (auto s = next(p, at_once)) {
    if (s->first) {
      prometheus::MetricFamily f;
      f.name = s->of->name;
      f.help = s->of->help;
      f.type = type_of(s->of->type);
      all.push_back(std::move(f));
    }
    std::ranges::move(s->series, std::back_inserter(all.back().metric));
  }
  return all;
}

}  // namespace scaleit::telemetry
