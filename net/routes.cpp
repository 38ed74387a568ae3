#include "net/routes.hpp"

#include "net/headers.hpp"
#include "net/problem.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace scaleit::net {

namespace {

/// The segments of "/a/b", as they stand.
std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> all;
  while (!path.empty()) {
    path.remove_prefix(1);
    all.push_back(path.substr(0, path.find('/')));
    path.remove_prefix(all.back().size());
  }
  return all;
}

/// Decoded, after the split. None when that cannot be done.
std::optional<std::vector<std::string>> decoded(std::string_view path) {
  std::vector<std::string> all;
  for (const auto s : split(path)) {
    auto text = percent_decode(s);
    if (!text) return std::nullopt;
    all.push_back(std::move(*text));
  }
  return all;
}

/// "Application/JSON; charset=utf-8" is application/json.
std::string_view media_type(std::string_view content_type) {
  auto type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  return type;
}

server_response with(server_response r, std::string name, std::string value) {
  r.headers.push_back({std::move(name), std::move(value)});
  return r;
}

/// What is wrong with the body for this route.
std::optional<server_response> refuse_body(const server_request& r,
                                           const route_options& o) {
  if (r.body.size() > o.body_bytes_max)
    return problem(413, fmt::format("the body has {} bytes; accepted: at most {}",
                                    r.body.size(), o.body_bytes_max));
  const auto given = r.header("Content-Type");
  if (o.takes.empty() || !given || r.body.empty()) return std::nullopt;
  const auto taken = std::ranges::any_of(
      o.takes, [&](const auto& t) { return same_header(t, media_type(*given)); });
  if (taken) return std::nullopt;
  const auto accepted = fmt::format("{}", fmt::join(o.takes, ", "));
  return with(
      problem(415, fmt::format("Content-Type is {}; accepted: {}", *given, accepted)),
      "Accept", accepted);  // RFC 9110, 15.5.16
}

}  // namespace

// -- what matched ---------------------------------------------------------

const std::string& route_match::segment(std::string_view name) const {
  const auto at = std::ranges::find(segments, name, &parameter::name);
  if (at == segments.end())
    throw std::logic_error(fmt::format("the pattern has no {{{}}}", name));
  return at->value;
}

std::optional<std::string_view> route_match::parameter_named(
    std::string_view name) const {
  const auto at = std::ranges::find(query, name, &parameter::name);
  if (at == query.end()) return std::nullopt;
  return at->value;
}

// -- making routes --------------------------------------------------------

std::vector<routes::segment> routes::parse(std::string_view pattern) {
  if (!pattern.starts_with('/'))
    throw std::invalid_argument(fmt::format("the pattern {} has no / in front", pattern));
  std::vector<segment> all;
  for (const auto s : split(pattern)) {
    const auto open = s.size() > 2 && s.front() == '{' && s.back() == '}';
    all.push_back({std::string(open ? s.substr(1, s.size() - 2) : s), open});
  }
  return all;
}

std::size_t routes::add(std::string method, std::string_view pattern, route_options o) {
  auto segments = parse(pattern);
  const auto same = std::ranges::find(resources_, segments, &resource::segments);
  auto* at = same == resources_.end() ? nullptr : &*same;
  if (at && std::ranges::find(at->routes, method, &route::method) != at->routes.end())
    throw std::invalid_argument(fmt::format("{} {} has two routes", method, pattern));
  if (!at) {
    resource fresh{std::move(segments), {}};
    at = &*resources_.insert(std::ranges::upper_bound(resources_, fresh, before),
                             std::move(fresh));
  }
  at->routes.push_back({std::move(method), count_, std::move(o)});
  return count_++;
}

/// Whether `a` is to be tried first.
bool routes::before(const resource& a, const resource& b) {
  return std::ranges::lexicographical_compare(
      a.segments, b.segments, {}, [](const segment& s) { return s.open; },
      [](const segment& s) { return s.open; });
}

// -- finding one ----------------------------------------------------------

bool routes::fits(const resource& r, const std::vector<std::string>& path) {
  return std::ranges::equal(r.segments, path,
                            [](const segment& s, const std::string& given) {
                              return s.open ? !given.empty() : s.text == given;
                            });
}

const routes::resource* routes::resource_at(const std::vector<std::string>& path) const {
  const auto at =
      std::ranges::find_if(resources_, [&](const auto& r) { return fits(r, path); });
  return at == resources_.end() ? nullptr : &*at;
}

/// HEAD is GET without the body, which the server leaves out.
const routes::route* routes::route_for(const resource& r, std::string_view method) {
  auto at = std::ranges::find(r.routes, method, &route::method);
  if (at == r.routes.end() && method == "HEAD")
    at = std::ranges::find(r.routes, "GET", &route::method);
  return at == r.routes.end() ? nullptr : &*at;
}

std::string routes::allowed(const resource& r) {
  std::vector<std::string_view> all;
  const auto put = [&](std::string_view m) {
    if (std::ranges::find(all, m) == all.end()) all.push_back(m);
  };
  for (const auto& route : r.routes) {
    put(route.method);
    if (route.method == "GET") put("HEAD");
  }
  put("OPTIONS");
  return fmt::format("{}", fmt::join(all, ", "));
}

std::variant<route_match, server_response> routes::find(const server_request& r) const {
  if (r.method == "OPTIONS" && r.path == "*")  // the server as a whole
    return server_response{.status = 204, .content_type = {}, .body = {}, .headers = {}};
  if (!r.path.starts_with('/')) return problem(404, hint_);
  const auto path = decoded(r.path);
  if (!path) return problem(400, "the path is not percent-encoded UTF-8");
  const auto* here = resource_at(*path);
  if (!here) return problem(404, hint_);
  const auto* meant = route_for(*here, r.method);
  if (!meant) {
    auto allow = allowed(*here);
    if (r.method == "OPTIONS")
      return with({.status = 204, .content_type = {}, .body = {}, .headers = {}}, "Allow",
                  std::move(allow));
    auto refusal =
        problem(405, fmt::format("{} is not served here; accepted: {}", r.method, allow));
    return with(std::move(refusal), "Allow", std::move(allow));
  }
  auto query = parse_query(r.query);
  if (!query) return problem(400, "the query is not percent-encoded UTF-8");
  if (auto refused = refuse_body(r, meant->options)) return std::move(*refused);
  route_match match{meant->number, {}, std::move(*query)};
  for (std::size_t i = 0; i < path->size(); ++i)
    if (here->segments[i].open)
      match.segments.push_back({here->segments[i].text, (*path)[i]});
  return match;
}

}  // namespace scaleit::net
