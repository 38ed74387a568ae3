// What is wrong with settings that are each right.
#include "messages/text.hpp"
#include "policy/expression.hpp"
#include "spec/spec_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace scaleit::spec {

using kind = document::kind;

namespace {

class together {
 public:
  together(const target_spec& spec, const document_ptr& root, const std::string& path,
           const read_options& options, problem_list& problems)
      : spec_(spec), root_(*root), path_(path), options_(options), problems_(problems) {}

  void check() {
    endpoints();
    bounds_of_replicas();
    metric_names();
    schedules();
    activation();
    expression();
  }

 private:
  const document_entry* key(std::string_view name) const { return root_.find(name); }

  /// Does this setting stand there, with nothing wrong in itself?
  bool sound(const document_entry* e) const {
    return e && !problems_.error_at(e->at) && !problems_.error_at(e->value->at);
  }

  void fail(const document_entry* at, const std::string& path, std::string what,
            bool warning = false) {
    problems_.add(
        {at ? at->at : root_.at, joined(path_, path), std::move(what), warning});
  }

  void endpoints() {
    if (options_.policy_only) return;
    if (spec_.status.push) reported_status();
    if (key("app")) return;
    if (!key("status") && !key("scale"))
      return fail(nullptr, "", "'app' is missing, or else 'status.url' and 'scale.url'");
    if (spec_.status.url.empty() && !spec_.status.push) missing_url("status");
    if (spec_.scale.url.empty()) missing_url("scale");
  }
  void missing_url(std::string_view block) {
    const auto* e = key(block);
    if (e && (e->value->is != kind::map || e->value->find("url"))) return;  // said
    fail(e, e ? std::string{block} : "",
         fmt::format("'{}' is missing, since there is no 'app'", e ? "url" : block));
  }

  void reported_status() {
    const auto& status = *key("status")->value;
    if (const auto* url = status.find("url"))
      fail(url, "status.url",
           "is not read beside 'push: true': a status is read or reported; take one of "
           "them away");
    for (const auto* of_url : {"timeout", "headers", "keepAlive"})
      if (const auto* idle = status.find(of_url))
        fail(idle, fmt::format("status.{}", of_url),
             "has no effect beside 'push: true': nothing is asked for", true);
  }

  void bounds_of_replicas() {
    const auto *min = key("minReplicas"), *max = key("maxReplicas");
    if (spec_.min_replicas <= spec_.max_replicas || (min && !sound(min)) ||
        (max && !sound(max)))
      return;
    fail(min ? min : max, min ? "minReplicas" : "maxReplicas",
         fmt::format("minReplicas {} is above maxReplicas {}", spec_.min_replicas,
                     spec_.max_replicas));
  }

  void metric_names() {
    const auto* e = key("metrics");
    if (!e || e->value->is != kind::list) return;
    std::set<std::string> seen;
    for (std::size_t i = 0; i < e->value->items.size(); ++i) {
      const auto& item = *e->value->items[i];
      const auto* name = item.is == kind::map ? item.find("name") : nullptr;
      if (name && name->value->is == kind::text &&
          !seen.insert(name->value->scalar).second)
        fail(name, fmt::format("metrics[{}].name", i),
             fmt::format("two metrics are named '{}'",
                         printable(name->value->scalar, 80)));
      if (item.is != kind::map) continue;
      where_it_is_read(item, fmt::format("metrics[{}]", i));
    }
  }

  void where_it_is_read(const document& metric, const std::string& path) {
    const auto* format = metric.find("format");
    const bool prometheus = format && format->value->scalar == "prometheus";
    if (!metric.find("value") && !prometheus)
      problems_.add({metric.at, joined(path_, path), "'value' is missing"});
    if (metric.find("url")) return;
    if (prometheus)
      fail(format, path + ".format",
           "prometheus is the format of a 'url' of the metric's own, and there is none");
    for (const auto* of_url : {"timeout", "headers", "keepAlive"})
      if (const auto* idle = metric.find(of_url))
        fail(idle, fmt::format("{}.{}", path, of_url),
             "has no effect without 'url': the metric is read from the status", true);
  }

  void schedules() {
    const auto* e = key("schedules");
    if (!e || e->value->is != kind::list) return;
    for (std::size_t i = 0; i < e->value->items.size(); ++i) {
      const auto& item = *e->value->items[i];
      if (item.is != kind::map || i >= spec_.schedules.size()) continue;
      const auto *min = item.find("minReplicas"), *max = item.find("maxReplicas");
      const auto& s = spec_.schedules[i];
      const auto path = fmt::format("schedules[{}]", i);
      const auto has_value = [](const document_entry* x) {
        return x && x->value->is != kind::null;
      };
      if (!has_value(min) && !has_value(max))
        problems_.add(
            {item.at, joined(path_, path), "'minReplicas' or 'maxReplicas' is missing"});
      if (s.min_replicas && s.max_replicas && *s.min_replicas > *s.max_replicas)
        fail(min, path + ".minReplicas",
             fmt::format("minReplicas {} is above maxReplicas {}", *s.min_replicas,
                         *s.max_replicas));
    }
  }

  bool has_metric(std::string_view name) const {
    return std::ranges::find(spec_.metrics, name, &metric_spec::name) !=
           spec_.metrics.end();
  }

  void activation() {
    const auto* zero = key("zero");
    const auto* e =
        zero && zero->value->is == kind::map ? zero->value->find("activation") : nullptr;
    if (!e || e->value->is != kind::map || spec_.metrics.empty()) return;
    for (const auto& n : e->value->entries)
      if (n.value->is != kind::null && !has_metric(n.key))
        fail(&n, "zero.activation." + n.key,
             fmt::format("there is no metric '{}'; accepted: {}", printable(n.key, 80),
                         fmt::join(metric_list(), ", ")));
  }

  std::vector<std::string> metric_list() const {
    std::vector<std::string> all;
    for (const auto& m : spec_.metrics)
      if (!m.name.empty()) all.push_back(m.name);
    return all;
  }

  void expression() {
    if (spec_.combine.kind != combine_kind::expression) return;
    const auto* e = key("combine");
    if (!sound(e)) return;
    if (spec_.panic)
      fail(key("panic"), "panic",
           "panic has a formula of its own and cannot go with an expression in "
           "'combine'; accepted there: max, min, average");
    const auto meant = near_miss(spec_.combine.expression, {"max", "min", "average"});
    if (!meant.empty() && !has_metric(spec_.combine.expression))
      return fail(e, "combine",
                  fmt::format("'{}' is not valid; did you mean '{}'?",
                              printable(spec_.combine.expression, 80), meant));
    if (spec_.metrics.empty()) return;
    if (auto wrong =
            policy::complaint_about_expression(spec_.combine.expression, metric_list()))
      fail(e, "combine", std::move(*wrong));
  }

  const target_spec& spec_;
  const document& root_;
  const std::string& path_;
  const read_options& options_;
  problem_list& problems_;
};

}  // namespace

void check_together(const target_spec& spec, const document_ptr& root,
                    const std::string& path, const read_options& options,
                    problem_list& problems) {
  if (root->is == kind::map) together{spec, root, path, options, problems}.check();
}

void check_shadow(const target_spec& live, const document_ptr& shadow,
                  const std::string& path, problem_list& problems) {
  const auto* e = shadow->is == kind::map ? shadow->find("metrics") : nullptr;
  if (!e || e->value->is != kind::list || live.shadow.empty()) return;
  const auto& metrics = live.shadow.front().metrics;
  for (std::size_t i = 0; i < metrics.size() && i < e->value->items.size(); ++i) {
    const auto& mine = metrics[i];
    const auto at = e->value->items[i]->at;
    if (mine.name.empty() || problems.error_at(at)) continue;
    const auto where = fmt::format("{}.metrics[{}]", path, i);
    const auto theirs = std::ranges::find(live.metrics, mine.name, &metric_spec::name);
    if (theirs == live.metrics.end())
      problems.add(
          {at, where,
           fmt::format("a shadow sees what the live policy sees, and that has no "
                       "metric '{}'",
                       printable(mine.name, 80))});
    else if (mine.value != theirs->value || mine.url != theirs->url ||
             mine.headers != theirs->headers || mine.format != theirs->format)
      problems.add(
          {at, where,
           fmt::format("'{}' must have the value, url, headers and format of the "
                       "live metric; only type and target may differ",
                       printable(mine.name, 80))});
  }
}

}  // namespace scaleit::spec
