// The table of the rules: every code has a row, a name of its own, a sentence, and a file
// that begins with it. And the numbers of a step by their names.
#include "policy/rules.hpp"

#include "policy/why.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

using namespace scaleit;
namespace fs = std::filesystem;

namespace {

const fs::path room = fs::path{SCALEIT_SOURCE_DIR} / "policy";

/// The codes in the brackets that a file begins with: "// [`min`, `max`] ...".
std::set<std::string> codes_of(const fs::path& file) {
  std::ifstream in{file};
  std::string line;
  if (!std::getline(in, line) || !line.starts_with("// [`")) return {};
  std::set<std::string> codes;
  line.resize(line.find(']'));
  for (auto from = line.find('`'); from != std::string::npos;
       from = line.find('`', from + 1)) {
    const auto to = line.find('`', from + 1);
    codes.insert(line.substr(from + 1, to - from - 1));
    from = to;
  }
  return codes;
}

struct pair_of_numbers {
  double one;
  double other;
};
struct not_doubles {
  double one;
  int other;
};
struct too_many {
  double a, b, c, d, e;
};

}  // namespace

TEST_CASE("each rule has a name of its own, in small letters, and a sentence") {
  std::set<std::string> names;
  for (const auto& row : policy::rule_table) {
    const std::string name{row.name};
    CAPTURE(name);
    CHECK(to_string(row.code) == name);
    CHECK(names.insert(name).second);
    CHECK_FALSE(name.empty());
    CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string::npos);
    CHECK(row.why != nullptr);
  }
  CHECK(names.size() == rules);
}

TEST_CASE("each rule has one file, which begins with its codes, as its header does") {
  std::map<std::string, std::string> found;
  for (const auto& e : fs::directory_iterator(room)) {
    if (e.path().extension() != ".cpp") continue;
    const auto codes = codes_of(e.path());
    for (const auto& code : codes) {
      CAPTURE(code, e.path().string());
      CHECK(found.emplace(code, e.path().string()).second);
    }
    if (codes.empty()) continue;
    CAPTURE(e.path().string());
    CHECK(codes_of(fs::path{e.path()}.replace_extension(".hpp")) == codes);
  }
  CHECK(found.size() == rules);
  for (const auto& row : policy::rule_table) {
    CAPTURE(std::string{row.name});
    CHECK(found.contains(std::string{row.name}));
  }
}

TEST_CASE("numbers go into a step under their names, and come back") {
  step s;
  s.numbers = policy::packed(pair_of_numbers{1.5, -2});
  CHECK(s.numbers == std::array<double, 4>{1.5, -2, 0, 0});
  const auto back = policy::numbers_of<pair_of_numbers>(s);
  CHECK(back.one == 1.5);
  CHECK(back.other == -2);
  STATIC_REQUIRE(policy::named_numbers<pair_of_numbers>);
  STATIC_REQUIRE_FALSE(policy::named_numbers<not_doubles>);
  STATIC_REQUIRE_FALSE(policy::named_numbers<too_many>);
  STATIC_REQUIRE_FALSE(policy::named_numbers<double>);
}
