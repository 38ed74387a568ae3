#include "tests/tidy/checks.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

namespace scaleit::tidy {

namespace {

namespace fs = std::filesystem;
using std::string;
using std::string_view;

bool ends_with_any(string_view path, std::initializer_list<string_view> ends) {
  return std::any_of(ends.begin(), ends.end(), [&](auto e) { return path.ends_with(e); });
}

bool is_makefile(string_view path) {
  return path == "Makefile" || path.ends_with("/Makefile");
}

}  // namespace

bool is_source(string_view path) { return ends_with_any(path, {".cpp", ".hpp"}); }

bool is_text(string_view path) {
  if (path.starts_with(".ci/") || is_makefile(path)) return true;
  return is_source(path) ||
         ends_with_any(path, {".md", ".cmake", ".txt", ".json", ".yaml", ".yml", ".env",
                              ".service", ".html", ".css", ".js", ".supp", "Dockerfile",
                              ".clang-tidy", ".clang-format", ".editorconfig", "ignore"});
}

findings check_layout(const source_file& f) {
  // In two pieces, so that this file does not find itself.
  static const std::regex unfinished(
      "\\b(TO"
      "DO|FIX"
      "ME|X"
      "XX)\\b");
  static const std::regex torn("^ *// ?-{4,}");
  findings found;
  std::istringstream in(f.text);
  string line;
  std::size_t n = 0;
  while (std::getline(in, line)) {
    ++n;
    if (line.find('\t') != string::npos && !is_makefile(f.path))
      found.push_back({f.path, n, "a tab; indent with spaces"});
    if (line.ends_with('\r'))
      found.push_back({f.path, n, "a carriage return; lines end with a line feed"});
    else if (line.ends_with(' ') || line.ends_with('\t'))
      found.push_back({f.path, n, "blanks at the end of the line"});
    if (is_source(f.path) && std::regex_search(line, torn))
      found.push_back({f.path, n, "a ruler of its own line: the formatter tore it"});
    if (std::regex_search(line, unfinished))
      found.push_back({f.path, n, "unfinished business; finish it or leave it out"});
  }
  if (!f.text.empty() && f.text.back() != '\n')
    found.push_back({f.path, n, "no line feed at the end of the file"});
  if (!is_source(f.path)) return found;

  const bool test = f.path.starts_with("tests/");
  const auto lines_max = test ? test_lines_max : source_lines_max;
  if (n > lines_max)
    found.push_back({f.path, 0,
                     std::to_string(n) + " lines; at most " + std::to_string(lines_max) +
                         ", so split it"});
  const bool once = f.text.find("#pragma once\n") != string::npos;
  if (once != f.path.ends_with(".hpp"))
    found.push_back(
        {f.path, 0, once ? "#pragma once is for headers" : "no #pragma once"});
  return found;
}

findings check_page(const source_file& f, const std::set<string>& paths) {
  if (!f.path.ends_with(".md")) return {};
  static const std::regex link(R"(\]\(\s*<?([^)\s>]+)>?[^)]*\))");
  static const std::regex code_span("`[^`]*`");
  static const std::regex elsewhere("^([a-z][a-z0-9+.-]*:|//|#)", std::regex::icase);
  const auto folder = fs::path(f.path).parent_path();
  findings found;
  std::size_t titles = 0;
  std::size_t n = 0;
  bool fenced = false;
  std::istringstream in(f.text);
  for (string line; std::getline(in, line);) {
    ++n;
    const auto start = line.find_first_not_of(' ');
    const auto fence = start == string::npos ? string() : line.substr(start, 3);
    if (fence == "```" || fence == "~~~") {
      fenced = !fenced;
      continue;
    }
    if (fenced) continue;
    if (line.starts_with("# ") && ++titles == 2)
      found.push_back({f.path, n, "a second title; a page has one"});
    line = std::regex_replace(line, code_span, "");
    for (std::sregex_iterator i(line.begin(), line.end(), link), end; i != end; ++i) {
      const string target = (*i)[1];
      if (std::regex_search(target, elsewhere)) continue;
      const auto path = target.substr(0, target.find('#'));
      auto to = (folder / path).lexically_normal().generic_string();
      while (to.ends_with('/')) to.pop_back();
      if (to != "." && !paths.contains(to))
        found.push_back({f.path, n, "the link " + target + " leads nowhere"});
    }
  }
  if (titles == 0)
    found.push_back({f.path, 0, "no title (a line that begins with '# ')"});
  return found;
}

findings check_folders(const std::set<string>& top_level_folders) {
  static const std::set<string> known{"actors",  "api",       "build",  "cmake",
                                      "compose", "docs",      "main",   "messages",
                                      "net",     "policy",    "record", "simulation",
                                      "spec",    "telemetry", "tests",  "web"};
  findings found;
  for (const auto& folder : top_level_folders)
    if (!known.contains(folder) && !folder.starts_with('.'))
      found.push_back({folder, 0, "no known room; a new one takes a decision record"});
  return found;
}

std::vector<source_file> read_tree(const fs::path& top) {
  std::vector<source_file> files;
  for (auto i = fs::recursive_directory_iterator(top); i != fs::end(i); ++i) {
    const auto path = i->path().lexically_relative(top).generic_string();
    const auto name = i->path().filename().string();
    if (i->is_directory()) {
      if (name == ".git" || name == ".cache" || path == "build")
        i.disable_recursion_pending();
      continue;
    }
    if (!i->is_regular_file() || !is_text(path)) continue;
    std::ifstream in(i->path(), std::ios::binary);
    files.push_back({path, string(std::istreambuf_iterator<char>(in), {})});
  }
  std::ranges::sort(files, {}, &source_file::path);
  return files;
}

}  // namespace scaleit::tidy
