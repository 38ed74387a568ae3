#include "tests/docs/pages.hpp"

#include <algorithm>
#include <sstream>

namespace scaleit::test {

namespace {

/// Calls `f(line, number)` for each line of each block that is fenced as `kind`; an empty
/// block begins with number 0.
template <class Begin, class Line>
void blocks(const std::string& page, const std::string& kind, Begin begin, Line line_of) {
  std::istringstream in(page);
  bool inside = false, other = false;
  std::size_t n = 0;
  for (std::string line; std::getline(in, line);) {
    ++n;
    if (line.starts_with("```")) {
      if (inside || other)
        inside = other = false;
      else if (line == "```" + kind)
        inside = true, begin();
      else
        other = true;
      continue;
    }
    if (inside) line_of(line, n);
  }
}

}  // namespace

std::vector<shown_command> commands_of(const std::string& page) {
  std::vector<shown_command> all;
  blocks(
      page, "console", [] {},
      [&](const std::string& line, std::size_t n) {
        if (line.starts_with("$ "))
          all.push_back({line.substr(2), {}, n});
        else if (!all.empty())
          all.back().output += line + '\n';
      });
  return all;
}

std::vector<shown_file> files_of(const std::string& page) {
  std::vector<shown_file> all;
  blocks(
      page, "yaml", [&] { all.emplace_back(); },
      [&](const std::string& line, std::size_t) {
        auto& file = all.back();
        if (file.text.empty() && line.starts_with("# ") && line.ends_with(".yaml"))
          file.name = line.substr(2);
        file.text += line + '\n';
      });
  std::erase_if(all, [](const auto& f) { return f.name.empty(); });
  return all;
}

std::vector<std::pair<std::string, std::string>> code_rows_of(const std::string& page) {
  std::vector<std::pair<std::string, std::string>> rows;
  std::istringstream in(page);
  for (std::string line; std::getline(in, line);) {
    const auto second = line.find("` | ");
    if (!line.starts_with("| `") || !line.ends_with(" |") || second == std::string::npos)
      continue;
    const auto from = second + 4;
    if (line.size() >= from + 2)
      rows.emplace_back(line.substr(3, second - 3),
                        line.substr(from, line.size() - 2 - from));
  }
  return rows;
}

std::vector<std::filesystem::path> all_pages(const std::filesystem::path& top) {
  std::vector<std::filesystem::path> pages{top / "README.md"};
  for (const auto& e : std::filesystem::recursive_directory_iterator(top / "docs"))
    if (e.path().extension() == ".md") pages.push_back(e.path());
  std::ranges::sort(pages);
  return pages;
}

}  // namespace scaleit::test
