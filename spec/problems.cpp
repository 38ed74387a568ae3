#include "spec/problems.hpp"

#include "messages/bounds.hpp"
#include "messages/near_miss.hpp"
#include "messages/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace scaleit::spec {

namespace {

std::string line_of(const problem& p, std::string_view file, std::string_view called) {
  std::string out{file};
  if (p.at.line != 0) out += fmt::format(":{}:{}", p.at.line, p.at.column);
  (out += ": ") += called;
  if (!p.path.empty()) out += printable(p.path) + ": ";
  return out + p.what;
}

}  // namespace

std::string where_and_what(const problem& p, std::string_view file) {
  return line_of(p, file, "");
}

std::string to_string(const problem& p, std::string_view file) {
  return line_of(p, file, p.warning ? "warning: " : "");
}

void problem_list::add(problem p) {
  if (!p.warning) {
    errors_ = true;
    bad_.insert(p.at);
  }
  // Without a place, the path is all that tells two apart.
  auto place = p.at.line == 0 ? p.path : std::string{};
  if (all_.size() >= bounds::config_problems_max)
    untold_ += seen_.contains({p.at, place, p.what}) ? 0 : 1;
  else if (seen_.emplace(p.at, std::move(place), p.what).second)
    all_.push_back(std::move(p));
}

bool problem_list::error_at(text_position at) const {
  return at.line != 0 && bad_.contains(at);
}

void problem_list::sort() { std::ranges::stable_sort(all_, {}, &problem::at); }

// -- near misses ----------------------------------------------------------

namespace {

/// Without case, `_` and `-`: `min_replicas` and `MinReplicas` are `minReplicas`.
std::string folded(std::string_view s) {
  std::string out;
  for (const char c : s)
    if (c != '_' && c != '-')
      out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

/// What other programs call it, or what it is called elsewhere.
constexpr std::array<std::pair<std::string_view, std::string_view>, 20> aliases{{
    {"min", "minReplicas"},
    {"minimum", "minReplicas"},
    {"minreplicacount", "minReplicas"},
    {"max", "maxReplicas"},
    {"maximum", "maxReplicas"},
    {"maxreplicacount", "maxReplicas"},
    {"poll", "interval"},
    {"pollinginterval", "interval"},
    {"period", "interval"},
    {"url", "app"},
    {"stabilizationwindow", "stabilizationWindowSeconds"},
    {"period", "periodSeconds"},
    {"threshold", "target"},
    {"pointer", "value"},
    {"metric", "metrics"},
    {"tz", "timezone"},
    {"token", "tokenFile"},
    {"directory", "dir"},
    {"cooldownperiod", "cooldown"},
    {"up", "scaleUp"},
}};

}  // namespace

std::string_view near_miss(std::string_view unknown,
                           const std::vector<std::string_view>& known) {
  constexpr std::size_t longest = 40;  // no key of ours is as long
  if (unknown.size() > longest) return {};
  const auto wanted = folded(unknown);
  for (const auto k : known)
    if (folded(k) == wanted) return k;
  for (const auto& [alias, key] : aliases)
    if (alias == wanted && std::ranges::find(known, key) != known.end()) return key;
  std::string_view best;
  std::size_t least = std::min<std::size_t>(2, wanted.size() / 3) + 1;
  for (const auto k : known)
    if (const auto d = edit_distance(wanted, folded(k)); d < least) {
      least = d;
      best = k;
    }
  return best;
}

}  // namespace scaleit::spec
