#include "spec/config_reader.hpp"

#include "messages/bounds.hpp"
#include "messages/text.hpp"
#include "net/url.hpp"
#include "spec/describe.hpp"
#include "spec/listen.hpp"
#include "spec/spec_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace scaleit::spec {

using kind = document::kind;

namespace {

/// `layer` over `base`; without a base, what it says itself.
document_ptr layered(const document_ptr& base, const document_ptr& layer) {
  return base && base->is == kind::map && layer->is == kind::map ? merge(base, layer)
                                                                 : layer;
}

/// The same of all spellings of a URL; whether it is one is not asked for everywhere.
std::string resource_of(const std::string& url) try {
  const auto u = net::parse_url(url);
  auto host = u.host;
  if (host.ends_with('.')) host.pop_back();  // RFC 1034, section 3.1: absolute anyway
  return fmt::format("{} {} {} {}", u.tls, host, u.port, u.target);
} catch (const std::invalid_argument&) {
  return url;
}

/// One after the other: a name that comes again is told where it does.
class target_list {
 public:
  target_list(const document_ptr& defaults, const read_options& options,
              problem_list& problems)
      : defaults_(defaults), options_(options), problems_(problems) {}

  void add(const document_ptr& spec, const std::string& path) {
    auto read = read_spec(layered(defaults_, spec), options_, problems_, path);
    const auto* name = spec->is == kind::map ? spec->find("name") : nullptr;
    const auto [first, is_new] = paths_.try_emplace(read.name, path);
    if (!is_new && !read.name.empty())
      problems_.add({name ? name->at : spec->at, joined(path, "name"),
                     fmt::format("'{}' is the name of {}, too", printable(read.name, 80),
                                 first->second)});
    warn_of_rivals(read, spec->at, path);
    found.push_back(std::move(read));
  }

  std::vector<target_spec> found;

 private:
  /// Two targets that write the same count undo each other's work.
  void warn_of_rivals(const target_spec& read, text_position at,
                      const std::string& path) {
    const auto& s = read.scale;
    if (s.url.empty() || read.mode != scaling_mode::active || options_.policy_only ||
        problems_.errors())
      return;
    auto what =
        fmt::format("{} {} {}", static_cast<int>(s.method), resource_of(s.url), s.body);
    for (const auto& h : s.headers) what += fmt::format(" {}: {}", h.name, h.value);
    const auto [first, is_new] = scaled_by_.try_emplace(std::move(what), read.name);
    if (!is_new && first->second != read.name)
      problems_.add({at, path,
                     fmt::format("'{}' and '{}' both scale by {}: they will undo each "
                                 "other's work",
                                 printable(first->second, 80), printable(read.name, 80),
                                 printable(s.url.substr(0, s.url.find('?')), 80)),
                     true});
  }

  const document_ptr& defaults_;
  const read_options& options_;
  problem_list& problems_;
  std::map<std::string, std::string> paths_;
  std::map<std::string, std::string> scaled_by_;  ///< by request: the target's name
};

/// What is wrong with the defaults is wrong there, not in each target.
document_ptr read_defaults(const document& root, const read_options& options,
                           problem_list& problems) {
  const auto* e = root.find("defaults");
  if (!e) return {};
  target_spec unused;
  spec_reader reader{e->value, "defaults", options, problems, true};
  reader.read([&] { visit(reader, unused); });
  return e->value;
}

void read_targets(const document& root, const read_options& options,
                  problem_list& problems, std::vector<target_spec>& out) {
  const auto defaults = read_defaults(root, options, problems);
  const auto* e = root.find("targets");
  if (e->value->is != kind::list || e->value->items.size() > bounds::targets_max) {
    problems.add({e->at, "targets",
                  fmt::format("not valid; accepted: a list of at most {} targets",
                              bounds::targets_max)});
    return;
  }
  if (e->value->items.empty() && !options.recorded)
    problems.add({e->at, "targets", "there is none: nothing is scaled", true});
  target_list all{defaults, options, problems};
  all.found.reserve(e->value->items.size());
  for (std::size_t i = 0; i < e->value->items.size(); ++i)
    all.add(e->value->items[i], fmt::format("targets[{}]", i));
  out = std::move(all.found);
}

/// What is wrong with, or odd about, the settings of the daemon itself.
void check_daemon(const config_spec& c, const document& root, const read_options& options,
                  problem_list& problems) {
  const auto entry = [&](std::string_view block, std::string_view key) {
    const auto* b = root.find(block);
    const auto* e = b && b->value->is == kind::map ? b->value->find(key) : b;
    return e && !problems.error_at(e->at) ? e : nullptr;
  };
  const auto& ask = options.surroundings.token_file;
  if (const auto* e = entry("auth", "tokenFile"); e && ask)
    if (auto wrong = ask(c.auth.token_file))
      problems.add({e->at, "auth.tokenFile", std::move(wrong->problem), wrong->warning});
  if (const auto* e = entry("listen", "api")) {
    if (!c.insecure && !(c.auth.any() && c.listen.api_tls) &&
        !parse_listen("listen.api", c.listen.api).is_loopback())
      problems.add({e->at, "listen.api",
                    fmt::format("{} can be reached from elsewhere, so that the API needs "
                                "{}; or insecure: true",
                                printable(c.listen.api, 80),
                                c.auth.any()       ? "listen.apiTls"
                                : c.listen.api_tls ? "auth.tokens"
                                                   : "auth.tokens and listen.apiTls")});
    if (c.listen.api == c.listen.metrics && !c.listen.api.ends_with(":0"))
      problems.add({e->at, "listen.api", "is the address of listen.metrics, too", true});
  }
  if (const auto* e = entry("record", "keep");
      e && c.record && c.record->keep_bytes < c.record->segment_bytes)
    problems.add({e->at, "record.keep",
                  "is less than one segment (record.segmentSize) may hold", true});
}

/// `metrics` does not tell: a TargetSpec has them, too.
bool is_config(const document& root) {
  return std::ranges::any_of(root.entries, [](const document_entry& e) {
    constexpr std::array<std::string_view, 7> keys{
        "targets", "defaults", "listen", "auth", "record", "state", "insecure"};
    return std::ranges::find(keys, e.key) != keys.end();
  });
}

}  // namespace

namespace {

document_ptr own_part(const document_ptr& shadow) {
  return without(shadow, {keys_not_of_a_shadow.begin(), keys_not_of_a_shadow.end()});
}

/// Complete, over the live spec, and active unless it says otherwise itself. After that
/// one, so that what is wrong there is not told of the shadow.
void read_shadow(target_spec& live, const document_ptr& root, const read_options& options,
                 problem_list& problems, std::string_view path) {
  const auto* e = root->is == kind::map ? root->find("shadow") : nullptr;
  if (!e || e->value->is != kind::map) return;
  const auto own = own_part(e->value);
  auto reduced = options;
  reduced.policy_only = true;
  const auto where = joined(path, "shadow");
  const auto whole = merge(without(root, {"shadow", "mode", "pause"}), own);
  live.shadow.push_back(read_spec(whole, reduced, problems, where));
  check_shadow(live, own, where, problems);
  if (options.policy_only) return;
  warn_of_idle_settings(live.shadow.front(), whole, where, problems);
  auto same = live;
  same.shadow.clear();
  same.mode = {};
  same.pause = {};
  if (live.shadow.front() == same && !problems.errors())
    problems.add({e->at, where, "is the live policy once more: nothing differs", true});
}

}  // namespace

void spec_reader::shadow(const spec_key& k, target_spec& live) {
  live.shadow.clear();
  const auto* e = find_nullable(k);
  if (!e) return;
  if (e->value->is != kind::map) return reject(*e, "a map of settings");
  const auto path = joined(path_, k.name);
  for (const auto key : keys_not_of_a_shadow)
    if (const auto* forbidden = e->value->find(key))
      problems_.add({forbidden->at, joined(path, key),
                     fmt::format("a shadow changes the policy only, not '{}'", key)});
  if (!partial_) return;  // see read_shadow(); that of the defaults is merged later
  target_spec unused;
  spec_reader reader{own_part(e->value), path, options_, problems_, true};
  reader.read([&] { visit(reader, unused); });
}

target_spec read_spec(const document_ptr& spec, const read_options& options,
                      problem_list& problems, std::string_view path) {
  target_spec read;
  auto root = spec;
  if (options.policy_only && spec->is == kind::map && !spec->find("name")) {
    auto named = std::make_shared<document>(*spec);
    named->entries.push_back({"name", spec->at, make_text("app", spec->at)});
    root = named;
  }
  spec_reader reader{root, std::string{path}, options, problems};
  reader.read([&] { visit(reader, read); });
  check_together(read, root, std::string{path}, options, problems);
  if (!options.policy_only)
    warn_of_idle_settings(read, root, std::string{path}, problems);
  read_shadow(read, root, options, problems, path);
  if (root != spec) read.name.clear();  // that was for the checks only
  return read;
}

config read_config(std::string_view text, const read_options& options,
                   problem_list& problems) {
  config out;
  try {
    const auto root = parse_document(text);
    if (root->is != kind::map) {
      const bool empty = root->is == kind::null;
      problems.add({empty ? text_position{} : root->at,
                    {},
                    fmt::format("{}; accepted: a config file, or one TargetSpec",
                                empty ? "is empty" : "not a map of settings")});
    } else if (is_config(*root)) {
      spec_reader reader{root, {}, options, problems};
      reader.read([&] { visit(reader, out.settings); }, {"defaults", "targets"});
      if (!options.recorded) check_daemon(out.settings, *root, options, problems);
      if (root->find("targets"))
        read_targets(*root, options, problems, out.targets);
      else
        problems.add({root->at, {}, "'targets' is missing"});
    } else {
      out.targets.push_back(read_spec(root, options, problems));
    }
  } catch (const document_error& e) {
    problems.add({e.at, {}, e.what()});
  }
  problems.sort();
  return out;
}

}  // namespace scaleit::spec
