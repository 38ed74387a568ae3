#include "api/bodies.hpp"

#include "messages/json_stream.hpp"
#include "messages/text.hpp"
#include "net/problem.hpp"
#include "spec/config_file.hpp"
#include "spec/describe.hpp"
#include "spec/document_json.hpp"
#include "spec/spec_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace scaleit::api {

using spec::document;
using spec::document_ptr;

namespace {

bool says_json(const net::server_request& r) {
  const auto type = r.header("Content-Type");
  return !type || type->find("json") != std::string_view::npos;
}

net::server_response not_readable(const std::string& what) {
  return net::problem(400, "the body is not what Content-Type says: " + what);
}

/// RFC 7396: like spec::merge(), but null takes a key away.
document_ptr merge_patch(const document_ptr& target, const document_ptr& patch) {
  if (patch->is != document::kind::map) return patch;
  auto out = std::make_shared<document>();
  out->is = document::kind::map;
  if (target && target->is == document::kind::map) out->entries = target->entries;
  for (const auto& e : patch->entries) {
    const auto at = std::ranges::find(out->entries, e.key, &spec::document_entry::key);
    const bool known = at != out->entries.end();
    if (e.value->is == document::kind::null) {
      if (known) out->entries.erase(at);
      continue;
    }
    auto value = merge_patch(known ? at->value : nullptr, e.value);
    if (known)
      *at = {e.key, e.at, std::move(value)};
    else
      out->entries.push_back({e.key, e.at, std::move(value)});
  }
  return out;
}

/// `app` for the two URLs that it stands for, if they are of one application.
document_ptr with_app(const document_ptr& spec, const target_spec& s) {
  const auto base = [](std::string_view url, std::string_view path) {
    return url.ends_with(path) ? url.substr(0, url.size() - path.size())
                               : std::string_view{};
  };
  const auto app = base(s.status.url, spec::status_path);
  if (app.empty() || app != base(s.scale.url, spec::replicas_path)) return spec;
  auto out = std::make_shared<document>(*spec);
  for (auto& e : out->entries)
    if (e.key == "status" || e.key == "scale") e.value = without(e.value, {"url"});
  out->entries.push_back({"app", {}, spec::make_text(app)});
  return out;
}

void append_error(json_writer& json, const spec::problem& p) {
  const auto text = [&](const char* key, std::string_view s) {
    json.Key(key);
    json.String(s.data(), static_cast<rapidjson::SizeType>(s.size()));
  };
  json.StartObject();
  text("path", printable(p.path));
  if (p.at.line > 0) {
    json.Key("line"), json.Uint(p.at.line);
    json.Key("column"), json.Uint(p.at.column);
  }
  text("detail", p.what);
  json.EndObject();
}

}  // namespace

std::vector<std::string> spec_types() {
  return {"application/json", "application/yaml", "application/x-yaml", "text/yaml",
          "text/x-yaml"};
}

std::vector<std::string> patch_types() {
  auto all = spec_types();
  all.insert(all.begin(), "application/merge-patch+json");
  return all;
}

read_or_refused<document_ptr> read_document(const net::server_request& r) {
  document_ptr read;
  if (says_json(r)) {
    auto json = spec::parse_json(r.body);
    if (!json.document)
      return not_readable(fmt::format("{}, at byte {}", json.error, json.offset));
    read = std::move(json.document);
  } else {
    try {
      read = spec::parse_document(r.body);
    } catch (const spec::document_error& e) {
      return not_readable(
          fmt::format("{}, at line {}, column {}", e.what(), e.at.line, e.at.column));
    }
  }
  if (read->is != document::kind::map)
    return net::problem(422, "the body is no map of settings");
  return read;
}

read_or_refused<target_ptr> read_spec(const document_ptr& spec, const std::string& name,
                                      spec::secret_store& secrets) {
  auto named = spec;
  spec::problem_list problems;
  if (const auto* given = spec->find("name"); !given) {
    auto copy = std::make_shared<document>(*spec);
    copy->entries.push_back({"name", {}, spec::make_text(name)});
    named = copy;
  } else if (given->value->is == document::kind::text && given->value->scalar != name) {
    problems.add({given->at, "name",
                  fmt::format("'{}' is another name than that of the path, '{}'",
                              printable(given->value->scalar, 80), printable(name, 80))});
  }
  auto read = spec::read_target(named, spec::config_use::remote, secrets, problems);
  if (problems.errors()) return refusal_of(problems);
  return std::make_shared<const target_spec>(std::move(read));
}

document_ptr patched(const target_spec& spec, const document_ptr& patch) {
  auto before = spec::to_secret_document(spec);
  if (patch->find("app")) before = with_app(before, spec);
  return merge_patch(before, patch);
}

net::server_response refusal_of(const spec::problem_list& problems) {
  std::string errors;
  std::string first;
  {
    string_stream stream{errors};
    json_writer json{stream};
    json.StartArray();
    for (const auto& p : problems.all()) {
      if (p.warning) continue;
      if (first.empty()) first = p.path.empty() ? p.what : p.path + ": " + p.what;
      append_error(json, p);
    }
    json.EndArray();
  }
  return net::problem(422, first, errors);
}

}  // namespace scaleit::api
