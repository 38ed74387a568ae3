// The tree obeys its rules; and the rules are tested themselves, each
// on a canary that it must catch.
#include "tests/support/catch.hpp"
#include "tests/tidy/checks.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>

using namespace scaleit::tidy;
using std::string;

namespace {

const std::filesystem::path top = SCALEIT_SOURCE_DIR;

string list(const findings& found) {
  std::ostringstream out;
  out << found.size() << " findings\n";
  for (const auto& f : found) out << f.path << ':' << f.line << ": " << f.what << '\n';
  return out.str();
}

/// The lines on which a check finds something, separated by blanks.
template <class Check>
string caught(Check check, string path, string text) {
  string lines;
  for (const auto& f : check(source_file{std::move(path), std::move(text)}))
    lines += (lines.empty() ? "" : " ") + std::to_string(f.line);
  return lines;
}

template <class Check>
void tree_passes(Check check) {
  findings all;
  for (const auto& f : read_tree(top))
    for (auto& x : check(f)) all.push_back(std::move(x));
  INFO(list(all));
  CHECK(all.empty());
}

std::set<string> tree_paths() {
  std::set<string> paths;
  for (auto i = std::filesystem::recursive_directory_iterator(top);
       i != std::filesystem::end(i); ++i) {
    const auto path = i->path().lexically_relative(top).generic_string();
    if (path == ".git" || path == "build") i.disable_recursion_pending();
    paths.insert(path);
  }
  return paths;
}

}  // namespace

TEST_CASE("the tree is read, and not just a corner of it") {
  std::set<string> paths;
  for (const auto& f : read_tree(top)) paths.insert(f.path);
  for (const string path : {"Makefile", "CMakeLists.txt", ".ci/run", "messages/event.hpp",
                            "net/server.cpp", "tests/tidy/checks.hpp"})
    CHECK(paths.contains(path));
}

TEST_CASE("includes in the tree point down") { tree_passes(check_includes); }
TEST_CASE("names in the tree are in their room's namespace") {
  tree_passes(check_namespaces);
}
TEST_CASE("no file in the tree calls what is banned") { tree_passes(check_calls); }
TEST_CASE("every file in the tree is laid out as agreed") { tree_passes(check_layout); }

TEST_CASE("every page has one title and its links lead somewhere") {
  const auto paths = tree_paths();
  tree_passes([&](const source_file& f) { return check_page(f, paths); });
}

TEST_CASE("there are no rooms but the known ones") {
  std::set<string> folders;
  for (const auto& entry : std::filesystem::directory_iterator(top))
    if (entry.is_directory()) folders.insert(entry.path().filename().string());
  INFO(list(check_folders(folders)));
  CHECK(check_folders(folders).empty());
  CHECK(folders.contains("messages"));
}

TEST_CASE("an include that points up or across is caught") {
  const string up = "#include <vector>\n#include \"actors/poller.hpp\"\n";
  CHECK(caught(check_includes, "policy/decide.cpp", up) == "2");
  CHECK(caught(check_includes, "net/client.hpp", up) == "2");
  CHECK(caught(check_includes, "main/run.cpp", up).empty());
  CHECK(caught(check_includes, "tests/actors/poller_test.cpp", up).empty());
  const string tests = "  #  include \"tests/support/catch.hpp\"\n";
  CHECK(caught(check_includes, "main/run.cpp", tests) == "1");
  const string net = "#include \"net/http.hpp\"\n";
  CHECK(caught(check_includes, "simulation/world.hpp", net) == "1");
  CHECK(caught(check_includes, "policy/decide.hpp", net) == "1");
  CHECK(caught(check_includes, "actors/poller.hpp", net).empty());
}

TEST_CASE("a name outside its room's namespace is caught") {
  const string net = "\nnamespace scaleit::net {\n}\n";
  CHECK(caught(check_namespaces, "net/url.cpp", net).empty());
  CHECK(caught(check_namespaces, "net/url.txt", "namespace scaleit::spec {\n").empty());
  CHECK(caught(check_namespaces, "net/url.cpp", "namespace scaleit {\n}\n") == "0");
  CHECK(caught(check_namespaces, "spec/url.cpp", net) == "2 0");
  CHECK(caught(check_namespaces, "messages/text.cpp", "namespace scaleit::bounds {\n")
            .empty());
  CHECK(caught(check_namespaces, "messages/text.cpp", "int x;\n") == "0");
  CHECK(caught(check_namespaces, "tests/spec/url.cpp", net).empty());
}

TEST_CASE("CAF is caught outside its rooms") {
  const string caf = "#pragma once\n#include <caf/all.hpp>\n";
  CHECK(caught(check_includes, "messages/event.hpp", caf) == "2");
  CHECK(caught(check_includes, "net/server.cpp", caf) == "2");
  CHECK(caught(check_includes, "messages/protocol.hpp", caf).empty());
  CHECK(caught(check_includes, "actors/decider.hpp", caf).empty());
  CHECK(caught(check_includes, "policy/a.cpp", "#include \"messages/protocol.hpp\"\n") ==
        "1");
}

TEST_CASE("Beast is caught outside net") {
  const string beast = "#include <boost/beast/http.hpp>\n";
  CHECK(caught(check_includes, "main/app.cpp", beast) == "1");
  CHECK(caught(check_includes, "net/server.cpp", beast).empty());
}

TEST_CASE("a header of ours that is not named from the top is caught") {
  CHECK(caught(check_includes, "net/server.cpp", "#include \"server.hpp\"\n") == "1");
  CHECK(caught(check_includes, "net/server.cpp", "#include \"net/../main/x.hpp\"\n") ==
        "1");
  CHECK(caught(check_includes, "net/server.cpp", "#include <messages/time.hpp>\n") ==
        "1");
}

TEST_CASE("banned calls are caught in code, and only there and in their rooms") {
  const auto in = [](const char* path, const char* text) {
    return caught(check_calls, path, text);
  };
  CHECK(in("actors/a.cpp", "x;\nstd::this_thread::sleep_for(1s);\n") == "2");
  CHECK(in("main/a.cpp", "std::this_thread::sleep_for(1s);\n").empty());
  CHECK(in("net/a.cpp", "std::cout << 1;\n") == "1");
  CHECK(in("tests/net/a.cpp", "std::cout << 1;\n").empty());
  for (const auto* path :
       {"policy/a.cpp", "simulation/a.cpp", "actors/a.cpp", "messages/a.hpp"}) {
    CHECK(in(path, "auto t = std::chrono::system_clock::now();\n") == "1");
    CHECK(in(path, "auto t = steady_clock::now();\n") == "1");
  }
  CHECK(in("net/a.cpp", "auto t = steady_clock::now();\n").empty());
  CHECK(in("policy/a.cpp", "std::random_device d;\n") == "1");
  CHECK(in("main/a.cpp", "int x = rand();\n") == "1");
  CHECK(in("main/a.cpp", "int x = operand();\n").empty());
  CHECK(in("actors/a.cpp", "std::getenv(\"A\");\n") == "1");
  CHECK(in("net/a.cpp", "std::exit(1);\n") == "1");
  CHECK(in("main/a.cpp", "using namespace std;\n") == "1");
  CHECK(in("actors/a.cpp", "// never sleep_for\n/* std::cout\n */ f(\"std::cout\");\n")
            .empty());
  CHECK(in("actors/a.cpp", "int n = 10'000; std::cout << 'x';\n") == "1");
}

TEST_CASE("code without comments and literals keeps its lines") {
  CHECK(code_only("a \"b\\\"c\" d // e\nf") == "a \"    \" d     \nf");
  CHECK(code_only("a /* b\nc */ d") == "a     \n     d");
  CHECK(code_only("x = '\"'; y") == "x = ' '; y");
}

TEST_CASE("layout that is not as agreed is caught") {
  const auto in = [](const char* path, string text) {
    return caught(check_layout, path, std::move(text));
  };
  CHECK(in("net/a.cpp", "int a;\n\tint b;\n") == "2");
  CHECK(in("Makefile", "a:\n\tb\n").empty());
  CHECK(in("docs/a.md", "# a \n") == "1");
  CHECK(in("net/a.cpp", "int a;\r\n") == "1");
  CHECK(in("net/a.cpp", "int a;") == "1");
  CHECK(in("net/a.hpp", "int a;\n") == "0");
  CHECK(in("net/a.hpp", "#pragma once\nint a;\n").empty());
  CHECK(in("net/a.cpp", "#pragma once\n") == "0");
  CHECK(in("net/a.cpp", "// -- a ----\nint a;\n").empty());
  CHECK(in("net/a.cpp", "// -- a\n// --------\nint a;\n") == "2");
  CHECK(in("docs/a.md", string("# a\nTO") + "DO: b\n") == "2");
  CHECK(in(".ci/run", string("# FIX") + "ME\n") == "1");
  CHECK(in(".ci/run", "mktemp a" + string(6, 'X') + "\n").empty());
}

TEST_CASE("a file that is too long is caught") {
  const auto lines = [](std::size_t n) {
    string text;
    for (std::size_t i = 0; i < n; ++i) text += "int a;\n";
    return text;
  };
  CHECK(caught(check_layout, "net/a.cpp", lines(source_lines_max)).empty());
  CHECK(caught(check_layout, "net/a.cpp", lines(source_lines_max + 1)) == "0");
  CHECK(caught(check_layout, "tests/a.cpp", lines(test_lines_max)).empty());
  CHECK(caught(check_layout, "tests/a.cpp", lines(test_lines_max + 1)) == "0");
}

TEST_CASE("pages with no title, two titles or dead links are caught") {
  const std::set<string> paths{"README.md", "docs", "docs/a.md", "docs/b.md"};
  const auto in = [&](string text) {
    return caught([&](const source_file& f) { return check_page(f, paths); }, "docs/a.md",
                  std::move(text));
  };
  CHECK(in("a\n") == "0");
  CHECK(in("# a\n\n# b\n") == "3");
  CHECK(in("# a\n```sh\n# a comment\n```\n").empty());
  CHECK(in("# a\n[b](b.md) [c](c.md#d)\n") == "2");
  CHECK(
      in("# a\n[b](b.md#c) [up](../README.md) [d](../docs/) [w](https://x.y/z) [t](#a)\n")
          .empty());
  CHECK(in("# a\n`[b](nowhere.md)`\n").empty());
}

TEST_CASE("a new room is caught") {
  CHECK(check_folders({"actors", "build", ".git", "docs"}).empty());
  CHECK(check_folders({"actors", "utils"}).size() == 1);
}
