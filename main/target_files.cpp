#include "main/target_files.hpp"

#include "messages/bounds.hpp"
#include "messages/text.hpp"
#include "spec/config_reader.hpp"
#include "spec/input_error.hpp"
#include "spec/spec_writer.hpp"
#include "spec/text_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

namespace scaleit::main {

using kind = spec::document::kind;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t files_max = 10'000;  // of one folder

bool holds_stars(const spec::document& d) {
  // A whole header, or the value of a parameter of a URL.
  if (d.is == kind::text)
    return d.scalar == "***" || d.scalar.find("=***") != std::string::npos;
  return std::ranges::any_of(d.items, [](const auto& x) { return holds_stars(*x); }) ||
         std::ranges::any_of(d.entries,
                             [](const auto& e) { return holds_stars(*e.value); });
}

/// With something in place of what is hidden: a credential like any other, which equals
/// each when both are hidden. That the daemon has it is for others to see.
spec::document_ptr without_stars(const spec::document_ptr& d) {
  auto out = std::make_shared<spec::document>(*d);
  if (d->is == kind::text) {
    constexpr std::string_view stars = "***";
    constexpr std::string_view instead = "hidden";
    if (d->scalar == stars) out->scalar = "Bearer hidden";
    for (auto at = out->scalar.find("=***"); at != std::string::npos;
         at = out->scalar.find("=***"))
      out->scalar.replace(at + 1, stars.size(), instead);
  }
  for (auto& item : out->items) item = without_stars(item);
  for (auto& e : out->entries) e.value = without_stars(e.value);
  return out;
}

/// A target as the API answers it.
const spec::document_entry* spec_within(const spec::document& d) {
  const auto* spec = d.is == kind::map ? d.find("spec") : nullptr;
  return spec != nullptr && spec->value->is == kind::map ? spec : nullptr;
}

bool begins_document(std::string_view line) {
  return line.starts_with("---") &&
         (line.size() == 3 || line[3] == ' ' || line[3] == '\t' || line[3] == '\r');
}

/// Neither a comment, nor blank, nor a directive, nor a mark.
bool says_something(std::string_view line) {
  if (begins_document(line)) line.remove_prefix(3);
  line = trimmed(line);
  return !line.empty() && line[0] != '#' && line[0] != '%';
}

/// Its lines one by one, with where they begin.
template <class F>
void each_line(std::string_view text, F f) {
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    f(text.substr(begin, end - begin), begin);
    begin = end + 1;
  }
}

bool says_nothing(std::string_view text) {
  bool nothing = true;
  each_line(text, [&](std::string_view line, std::size_t) {
    nothing = nothing && !says_something(line);
  });
  return nothing;
}

}  // namespace

std::vector<std::size_t> document_starts(std::string_view text) {
  std::vector<std::size_t> starts{0};
  bool said = false;  // directives and comments belong to what follows
  each_line(text, [&](std::string_view line, std::size_t begin) {
    if (begins_document(line) && std::exchange(said, false)) starts.push_back(begin);
    said = said || says_something(line);
  });
  return starts;
}

/// One document, and what is wrong with it.
struct target_files::part {
  const std::string& file;
  std::uint32_t lines_before;
  spec::problem_list problems{};
};

void target_files::add(const std::string& path) {
  std::error_code ignored;
  if (path != "-" && fs::is_directory(path, ignored)) return add_folder(path);
  add_text(path == "-" ? spec::read_standard_input(bounds::config_bytes_max)
                       : spec::read_text_file(path, bounds::config_bytes_max,
                                              "a file or folder of targets"),
           path);
}

void target_files::add_folder(const std::string& path) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::directory_iterator at{path, error}, end; !error && at != end;
       at.increment(error)) {
    const auto ending = at->path().extension();
    if (ending != ".yaml" && ending != ".yml" && ending != ".json") continue;
    if (at->path().filename().string().starts_with('.')) continue;  // an editor's
    if (std::error_code ignored; fs::is_directory(at->path(), ignored)) continue;
    files.push_back(at->path().string());
    if (files.size() > files_max)
      throw spec::input_error{
          fmt::format("'{}' holds more than {} files", printable(path), files_max)};
  }
  if (error)
    throw spec::input_error{
        fmt::format("'{}' cannot be read: {}", printable(path), error.message())};
  if (files.empty())
    throw spec::input_error{fmt::format(
        "'{}' holds no file that ends in .yaml, .yml or .json", printable(path))};
  std::ranges::sort(files);
  for (const auto& f : files) add(f);
}

void target_files::add_text(std::string_view text, const std::string& file) {
  const auto starts = document_starts(text);
  std::uint32_t lines = 0;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const auto end = i + 1 < starts.size() ? starts[i + 1] : text.size();
    const auto document = text.substr(starts[i], end - starts[i]);
    // Only a file that says nothing at all is a mistake.
    if (starts.size() == 1 || !says_nothing(document))
      add_document(document, lines, file);
    lines += static_cast<std::uint32_t>(std::ranges::count(document, '\n'));
  }
}

void target_files::add_document(std::string_view text, std::uint32_t lines_before,
                                const std::string& file) {
  part p{file, lines_before};
  try {
    const auto root = spec::parse_document(text);
    const bool is_items = root->is == kind::list || spec_within(*root) != nullptr ||
                          (root->is == kind::map &&
                           (root->find("items") != nullptr ||
                            (root->find("targets") == nullptr && holds_stars(*root))));
    is_items ? read_items(p, root) : read_config(p, text);
  } catch (const spec::document_error& e) {
    p.problems.add({e.at, {}, e.what()});
  }
  p.problems.sort();
  for (auto problem : p.problems.all()) {
    if (problem.at.line != 0) problem.at.line += lines_before;
    lines_.push_back(spec::to_string(problem, printable(file)));
  }
  if (p.problems.untold() > 0)
    lines_.push_back(
        fmt::format("{}: and {} more", printable(file), p.problems.untold()));
  good_ = good_ && !p.problems.errors();
}

/// What is said there of the daemon is checked, too, but is for nobody here.
void target_files::read_config(part& p, std::string_view text) {
  auto read = spec::read_config(text, {}, p.problems);
  if (p.problems.errors()) return;
  const auto root = spec::parse_document(text);
  const auto* targets = root->find("targets");
  if (targets == nullptr) return take(p, root, std::move(read.targets.front()));
  const auto* defaults = root->find("defaults");
  for (std::size_t i = 0; i < read.targets.size(); ++i) {
    auto one = targets->value->items[i];
    if (defaults != nullptr && defaults->value->is == kind::map)
      one = spec::merge(defaults->value, one);
    take(p, one, std::move(read.targets[i]));
  }
}

void target_files::read_items(part& p, const spec::document_ptr& root) {
  const auto* items = root->is == kind::map ? root->find("items") : nullptr;
  if (items != nullptr && items->value->is != kind::list)
    return p.problems.add({items->at, "items", "not valid; accepted: a list of targets"});
  const bool one = items == nullptr && root->is == kind::map;
  const auto& all = items != nullptr ? items->value->items : root->items;
  const auto read = [&](const spec::document_ptr& item, std::string path) {
    const auto* inner = spec_within(*item);
    if (inner != nullptr) path += path.empty() ? "spec" : ".spec";
    const auto& spec = inner != nullptr ? inner->value : item;
    // What it would be warned of is what hides there, which is somewhere else.
    const bool hides = holds_stars(*spec);
    spec::problem_list found;
    auto is = spec::read_spec(hides ? without_stars(spec) : spec, {}, found, path);
    for (const auto& problem : found.all())
      if (!hides || !problem.warning) p.problems.add(problem);
    if (!p.problems.errors()) take(p, spec, std::move(is));
  };
  if (one) return read(root, {});
  for (std::size_t i = 0; i < all.size(); ++i)
    read(all[i], fmt::format("{}[{}]", items != nullptr ? "items" : "", i));
}

void target_files::take(part& p, const spec::document_ptr& spec, target_spec read) {
  const auto* name = spec->find("name");
  const auto at = name != nullptr ? name->at : spec->at;
  const auto place = fmt::format("{}:{}", printable(p.file), at.line + p.lines_before);
  const auto [first, is_new] = places_.try_emplace(read.name, place);
  if (!is_new)
    p.problems.add({at, "name",
                    fmt::format("'{}' is the name of the target at {}, too",
                                printable(read.name, 80), first->second)});
  const bool hides = holds_stars(*spec);
  const bool shows = !hides && holds_stars(*spec::to_document(read));
  targets_.push_back({std::move(read), spec, hides, shows});
}

}  // namespace scaleit::main
