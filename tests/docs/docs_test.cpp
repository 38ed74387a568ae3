// The pages tell the truth: each command they show is run by the real binary, in
// docs/examples, and must print what the page says.
#include "policy/why.hpp"
#include "telemetry/family_table.hpp"
#include "tests/docs/pages.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>

using namespace scaleit;
using namespace scaleit::test;
namespace fs = std::filesystem;

namespace {

const fs::path top = SCALEIT_SOURCE_DIR;
const fs::path examples = top / "docs" / "examples";
const fs::path recipes = top / "docs" / "operating" / "recipes";

/// A daemon without targets for the commands that ask one: those of all pages, in their
/// order.
class page_daemon {
 public:
  page_daemon()
      : process_({{SCALEIT_BINARY, "run", "--config",
                   files_.write("scaleit.yaml", "targets: []\n"), "--metrics-listen",
                   "127.0.0.1:0", "--api-listen", "127.0.0.1:0"}}) {
    eventually([&] { return !url().empty(); });
  }
  std::string url() const {
    std::smatch found;
    const auto log = process_.err();
    return std::regex_search(log, found, std::regex{"API on (\\S+)/api/v1"})
               ? found[1].str()
               : std::string{};
  }

 private:
  temporary_directory files_;
  process process_;
};

std::string output_of(const std::string& command, const std::string& api = {}) {
  process_options o{{"/bin/sh", "-c", "exec 2>&1\n" + command}};
  o.directory = examples;
  o.environment["LC_ALL"] = "C";
  o.environment["SCALEIT_API"] = api;
  o.environment["PATH"] =
      fs::path{SCALEIT_BINARY}.parent_path().string() + ":/usr/bin:/bin";
  process p{o};
  REQUIRE(p.wait(std::chrono::seconds{30}));
  return p.out();
}

std::vector<fs::path> yaml_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& e : fs::directory_iterator(folder))
    if (e.path().extension() == ".yaml") files.push_back(e.path());
  return files;
}

/// Those code rows of docs/concepts/policy.md that are rules.
std::vector<std::pair<std::string, std::string>> told_rules() {
  std::set<std::string> codes;
  for (std::size_t i = 0; i < rules; ++i) codes.emplace(to_string(static_cast<rule>(i)));
  auto rows = code_rows_of(text_of(top / "docs" / "concepts" / "policy.md"));
  std::erase_if(rows, [&](const auto& row) { return !codes.contains(row.first); });
  return rows;
}

}  // namespace

TEST_CASE("every command on a page prints what the page says") {
  std::size_t commands = 0;
  const page_daemon daemon;
  for (const auto& page : all_pages(top))
    for (const auto& c : commands_of(text_of(page))) {
      CAPTURE(page.string(), c.line, c.command);
      CHECK(output_of(c.command, daemon.url()) == c.output);
      ++commands;
    }
  CHECK(commands >= 30);
}

TEST_CASE("every file on a page is as it stands there, and each is on a page") {
  std::set<std::string> shown, mentioned;
  for (const auto& page : all_pages(top)) {
    const auto text = text_of(page);
    for (const auto& f : files_of(text)) {
      CAPTURE(page.string(), f.name);
      const auto file =
          fs::exists(recipes / f.name) ? recipes / f.name : examples / f.name;
      CHECK(text_of(file) == f.text);
      shown.insert(f.name);
    }
    for (const auto& c : commands_of(text))
      for (const auto& file : yaml_files(examples))
        if (c.command.find("--spec " + file.filename().string()) != std::string::npos)
          mentioned.insert(file.filename().string());
  }
  for (const auto& file : yaml_files(recipes)) {
    CAPTURE(file.string());
    CHECK(shown.contains(file.filename().string()));
  }
  for (const auto& file : yaml_files(examples)) {
    const auto name = file.filename().string();
    CAPTURE(name);
    CHECK((shown.contains(name) || mentioned.contains(name)));
  }
}

TEST_CASE("scaleit check accepts every recipe and the example of the compose stack") {
  auto files = yaml_files(recipes);
  files.push_back(top / "compose" / "scaleit.yaml");
  CHECK(files.size() >= 7);
  for (const auto& file : files) {
    CAPTURE(file.string());
    process p{{{SCALEIT_BINARY, "check", file.string()}}};
    CHECK(p.wait() == 0);
    CHECK(p.err() == "");
  }
}

TEST_CASE("the table of rules has each once, with a sentence that was really said") {
  std::string said;
  for (const auto& page : all_pages(top / "docs" / ".."))
    for (const auto& c : commands_of(text_of(page))) said += c.output;
  const auto rows = told_rules();
  std::set<std::string> codes;
  for (const auto& [code, sentence] : rows) {
    CAPTURE(code, sentence);
    CHECK(codes.insert(code).second);
    CHECK(said.find(sentence) != std::string::npos);
  }
  CHECK(codes.size() == rules);
}

TEST_CASE("the page of metrics has the families of the table, and no others") {
  const auto page = text_of(top / "docs" / "reference" / "metrics.md");
  std::map<std::string, std::string> told;  // by name: type and labels
  for (const auto& [name, rest] : code_rows_of(page)) {
    CAPTURE(name);
    CHECK(told.emplace(name, rest.substr(0, rest.find('|', rest.find('|') + 1))).second);
  }
  constexpr const char* types[] = {"counter", "gauge", "histogram"};
  for (const auto& f : telemetry::family_table) {
    CAPTURE(f.name);
    const auto row = told.extract(std::string{f.name});
    REQUIRE_FALSE(row.empty());
    const auto& cells = row.mapped();
    CHECK(cells.starts_with(std::string{types[static_cast<std::size_t>(f.type)]} + " |"));
    CHECK(std::ranges::count(cells, '`') ==
          static_cast<std::ptrdiff_t>(2 * f.labels.count));
    for (std::size_t i = 0; i < f.labels.count; ++i)
      CHECK_THAT(cells, ContainsSubstring("`" + std::string{f.labels.names[i]} + "`"));
  }
  for (const auto& [name, cells] : told) FAIL_CHECK(name << " is not in the table");
}

TEST_CASE("the page of bounds has all of the list, and nothing else") {
  const auto words_in = [](const std::string& text, const std::regex& pattern) {
    std::set<std::string> all;
    for (std::sregex_iterator at{text.begin(), text.end(), pattern}, end; at != end; ++at)
      all.insert((*at)[1]);
    return all;
  };
  const auto page = text_of(top / "docs" / "reference" / "bounds.md");
  const auto there = words_in(text_of(top / "messages" / "bounds.hpp"),
                              std::regex{"inline constexpr \\S+ (\\w+)"});
  const auto told = words_in(page, std::regex{"`(\\w+)`"});
  CHECK(there.size() > 100);
  for (const auto& name : there)
    if (!told.contains(name)) FAIL_CHECK(name << " is not on the page");
  for (const auto& [names, rest] : code_rows_of(page))
    for (const auto& name : words_in("`" + names + "`", std::regex{"`(\\w+)`"}))
      if (!there.contains(name)) FAIL_CHECK(name << " is not in the list");
}

TEST_CASE("what is on a page is found") {
  const std::string page =
      "# A\n```console\n$ echo b\nb\n$ echo c\n```\n```yaml\n# x.yaml\na: 1\n```\n"
      "```yaml\na: 2\n```\n| `target` | why |\n| x | y |\n";
  const auto commands = commands_of(page);
  REQUIRE(commands.size() == 2);
  CHECK(commands[0].command == "echo b");
  CHECK(commands[0].output == "b\n");
  CHECK(commands[0].line == 3);
  CHECK(output_of(commands[0].command) == commands[0].output);
  CHECK(output_of(commands[1].command) != commands[1].output);
  const auto files = files_of(page);
  REQUIRE(files.size() == 1);
  CHECK(files[0].name == "x.yaml");
  CHECK(files[0].text == "# x.yaml\na: 1\n");
  const auto rows = code_rows_of(page);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0] == std::pair<std::string, std::string>{"target", "why"});
}
