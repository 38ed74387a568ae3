#include "spec/spec_reader.hpp"

#include "messages/duration.hpp"
#include "messages/text.hpp"
#include "spec/describe.hpp"
#include "spec/spec_forms.hpp"
#include "spec/text_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace scaleit::spec {

using kind = document::kind;

namespace {

constexpr std::size_t shown_bytes_max = 80;

/// The value as the user wrote it, more or less.
std::string shown(const document& d) {
  switch (d.is) {
    case kind::null:
      return "nothing";
    case kind::list:
      return fmt::format("a list of {}", d.items.size());
    case kind::map:
      return "a map";
    case kind::text:
      return "'" + printable(d.scalar, shown_bytes_max) + "'";
    default:
      return printable(d.scalar, shown_bytes_max);
  }
}

bool asks(const spec_key& k) { return k.is == presence::required; }

}  // namespace

std::string joined(std::string_view path, std::string_view key) {
  if (path.empty() || key.empty()) return std::string{path.empty() ? key : path};
  return fmt::format("{}.{}", path, key);
}

spec_reader::spec_reader(const document_ptr& root, std::string path,
                         const read_options& options, problem_list& problems,
                         bool partial)
    : map_(root),
      at_(root->at),
      path_(std::move(path)),
      partial_(partial),
      options_(options),
      problems_(problems) {}

void spec_reader::read(const std::function<void()>& body,
                       std::initializer_list<std::string_view> others) {
  if (map_->is != kind::map) {
    fail(at_, {},
         fmt::format("{} is not valid; accepted: a map of settings", shown(*map_)));
    return;
  }
  body();
  unknown_keys(others);
}

void spec_reader::unknown_keys(std::initializer_list<std::string_view> others) {
  if (options_.recorded) return;
  known_.insert(known_.end(), others);
  for (const auto& e : map_->entries) {
    if (std::ranges::find(known_, e.key) != known_.end()) continue;
    const auto seen = without_invisible(e.key);
    const auto meant = near_miss(seen, known_);
    auto what = fmt::format("unknown key '{}'", printable(e.key, shown_bytes_max));
    if (!meant.empty())
      what += fmt::format("; did you mean '{}'?", meant);
    else if (e.key == "<<")
      what += "; YAML's merge key is not supported, but 'defaults' and aliases are";
    else
      what += fmt::format("; accepted: {}", fmt::join(known_, ", "));
    fail(e.at, {}, std::move(what));
  }
}

void spec_reader::fail(text_position at, std::string_view key, std::string what,
                       bool warning) {
  problems_.add({at, joined(path_, key), std::move(what), warning});
}

void spec_reader::reject(const document_entry& e, std::string_view accepted) {
  // A number or a truth value in quotes is a text.
  const auto& v = *e.value;
  const bool quoted =
      v.is == kind::text && !accepted.starts_with("a text") &&
      (parse_yaml_number(v.scalar) || v.scalar == "true" || v.scalar == "false");
  fail(e.at, e.key,
       fmt::format("{} is not valid; accepted: {}{}", shown(v), accepted,
                   quoted ? ", without quotes" : ""));
}

const document_entry* spec_reader::find(const spec_key& k) {
  known_.push_back(k.name);
  const auto* e = map_->find(k.name);
  if (!e && asks(k) && !partial_) fail(at_, {}, fmt::format("'{}' is missing", k.name));
  return e;
}

const document_entry* spec_reader::find_nullable(const spec_key& k) {
  const auto* e = find(k);
  return e && e->value->is == kind::null ? nullptr : e;
}

// -- values ---------------------------------------------------------------

void spec_reader::whole(const spec_key& k, std::optional<int>& value,
                        std::optional<int> plain, whole_range accepted) {
  const auto* e = plain || asks(k) ? find(k) : find_nullable(k);
  if (!e) return;
  const auto d =
      e->value->is == kind::number ? parse_yaml_number(e->value->scalar) : std::nullopt;
  if (d && *d >= accepted.min && *d <= accepted.max && *d == std::floor(*d))
    value = static_cast<int>(*d);
  else
    reject(*e, spec::accepted(accepted));
}

void spec_reader::number(const spec_key& k, std::optional<double>& value,
                         std::optional<double> plain, const number_range& accepted) {
  const auto* e = plain ? find(k) : find_nullable(k);
  if (!e) return;
  const auto& v = *e->value;
  std::optional<double> d;
  if (v.is == kind::number) d = parse_yaml_number(v.scalar);
  if (v.is == kind::text && accepted.quantity) d = parse_quantity(v.scalar);
  if (d && is_in(*d, accepted))
    value = d;
  else
    reject(*e, spec::accepted(accepted));
}

void spec_reader::duration(const spec_key& k, microseconds& value, microseconds,
                           duration_range accepted) {
  const auto* e = find(k);
  if (!e) return;
  const auto& v = *e->value;
  std::optional<microseconds> d;
  if (v.is == kind::text) d = parse_duration(v.scalar);
  if (v.is == kind::number) {
    constexpr double most = 1e9;  // seconds; above every range, and it fits
    const double s = *parse_yaml_number(v.scalar);
    if (s >= 0 && s < most) d = microseconds{std::llround(s * 1e6)};
  }
  if (d && *d >= accepted.min && *d <= accepted.max)
    value = *d;
  else
    reject(*e, spec::accepted(accepted));
}

void spec_reader::size(const spec_key& k, std::uint64_t& value, std::uint64_t) {
  const auto* e = find(k);
  if (!e) return;
  const bool scalar = e->value->is == kind::text || e->value->is == kind::number;
  if (const auto n = scalar ? parse_size(e->value->scalar) : std::nullopt)
    value = *n;
  else
    reject(*e, accepted_size);
}

void spec_reader::boolean(const spec_key& k, bool& value, bool) {
  const auto* e = find(k);
  if (!e) return;
  if (e->value->is == kind::boolean)
    value = e->value->scalar.front() == 't' || e->value->scalar.front() == 'T';
  else
    reject(*e, "true or false");
}

void spec_reader::choice(const spec_key& k, std::size_t& value, std::size_t,
                         names accepted) {
  const auto* e = find(k);
  if (!e) return;
  const auto found = std::ranges::find(accepted, e->value->scalar);
  if (e->value->is == kind::text && found != accepted.end())
    value = static_cast<std::size_t>(found - accepted.begin());
  else
    reject(*e, spec::accepted(accepted));
}

void spec_reader::text(const spec_key& k, std::string& value, std::string_view plain,
                       text_form form) {
  const auto* e = find(k);
  if (!e) return;
  const auto& s = e->value->scalar;
  const bool is_url = form == text_form::url || form == text_form::base_url;
  const bool absent = s.empty() && plain.empty() && !is_url && !asks(k);
  if (e->value->is != kind::text || (!absent && !is_valid(form, s))) {
    // What is no text here may be one in quotes.
    const bool quote = e->value->is == kind::number || e->value->is == kind::boolean;
    return reject(*e,
                  std::string{rules_of(form).accepted} +
                      (quote ? "; a text that looks otherwise stands in quotes" : ""));
  }
  if (is_url && s.find('#') != std::string::npos && !options_.recorded)
    return fail(
        e->at, k.name,
        "holds a '#', and what follows that is never sent; a '#' that is meant is "
        "written %23");
  if (form == text_form::base_url && s.find('?') != std::string::npos)
    return fail(
        e->at, k.name,
        "holds a '?', and a path is put behind it; a query can stand in status.url "
        "and scale.url");
  if (is_url && s.find("${") != std::string::npos)
    return fail(e->at, k.name,
                "a URL may not hold ${...}; a secret belongs into a header");
  if (is_url && !judge_credentials(e->at, k, s)) return;
  if (auto wrong = complaint_about(form, s))
    return fail(e->at, k.name, std::move(*wrong));
  value = s;
}

// -- maps of the user's own keys ------------------------------------------

void spec_reader::numbers(const spec_key& k,
                          std::vector<std::pair<std::string, double>>& value,
                          const number_range& accepted) {
  const auto* e = find(k);
  if (!e) return;
  if (e->value->is != kind::map) return reject(*e, "a map of numbers");
  value.clear();
  for (const auto& n : e->value->entries) {
    if (n.value->is == kind::null) continue;
    const auto d =
        n.value->is == kind::number ? parse_yaml_number(n.value->scalar) : std::nullopt;
    if (d && is_in(*d, accepted))
      value.emplace_back(n.key, *d);
    else
      problems_.add({n.at, joined(joined(path_, k.name), n.key),
                     fmt::format("{} is not valid; accepted: {}", shown(*n.value),
                                 spec::accepted(accepted))});
  }
}

// -- structure ------------------------------------------------------------

void spec_reader::inside(const document_ptr& map, const std::string& path,
                         text_position at, const std::function<void()>& body) {
  auto outer_map = std::exchange(map_, map);
  auto outer_path = std::exchange(path_, path);
  auto outer_known = std::exchange(known_, {});
  const auto outer_at = std::exchange(at_, at);
  read(body);
  map_ = std::move(outer_map);
  path_ = std::move(outer_path);
  known_ = std::move(outer_known);
  at_ = outer_at;
}

void spec_reader::group(const spec_key& k, bool* present, std::string_view shorthand,
                        const std::function<void()>& body) {
  const auto* e = present ? find_nullable(k) : find(k);
  if (!e) return;
  auto map = e->value;
  if (!shorthand.empty() && map->is == kind::text) {
    auto stand_in = std::make_shared<document>(document{kind::map, map->at});
    stand_in->entries.push_back({std::string{shorthand}, e->at, map});
    map = stand_in;
  }
  if (present) *present = true;
  inside(map, joined(path_, k.name), e->at, body);
}

void spec_reader::list(const spec_key& k, std::size_t, bool, list_range accepted,
                       const std::function<void(std::size_t)>& resize,
                       const std::function<void(std::size_t)>& item) {
  const auto* e = find(k);
  if (!e) return;
  const auto count = e->value->items.size();
  if (e->value->is != kind::list || count < accepted.min || count > accepted.max)
    return reject(*e, fmt::format("a list of {} to {}", accepted.min, accepted.max));
  resize(count);
  const auto items = e->value;
  const auto name = std::string{k.name};
  // A list is replaced as a whole, so what is required in it is required even here.
  const bool outer = std::exchange(partial_, false);
  for (std::size_t i = 0; i < count; ++i)
    inside(items->items[i], fmt::format("{}[{}]", joined(path_, name), i),
           items->items[i]->at, [&] { item(i); });
  partial_ = outer;
}

}  // namespace scaleit::spec
