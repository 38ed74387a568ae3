#include "spec/environment.hpp"

#include "spec/input_error.hpp"
#include "tests/support/catch.hpp"

#include <string>

using namespace scaleit;
using namespace scaleit::spec;

namespace {

std::vector<assignment> parsed(std::string_view text) {
  return parse_env_file(text, "f.env");
}

/// The value of the only assignment in `line`.
std::string value(std::string_view line) {
  const auto all = parsed(line);
  REQUIRE(all.size() == 1);
  CHECK(all[0].key == "K");
  return all[0].value;
}

std::string refusal(std::string_view text) {
  try {
    parsed(text);
  } catch (const input_error& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("values are read as people write them") {
  CHECK(value("K=v") == "v");
  CHECK(value("  K = v  ") == "v");
  CHECK(value("export K=v") == "v");
  CHECK(value("export\tK\t=\tv") == "v");
  CHECK(value("K=") == "");
  CHECK(value("K=v # comment") == "v");
  CHECK(value("K=v#no comment") == "v#no comment");
  CHECK(value("K=#comment") == "");
  CHECK(value("K='v # kept' # comment") == "v # kept");
  CHECK(value("K=\"v\"\r\n") == "v");
  CHECK(value("K=v\r\n") == "v");
  CHECK(value("\xEF\xBB\xBFK=v") == "v");
  CHECK(value("K=a=b=c") == "a=b=c");
  CHECK(value("K=it's") == "it's");
  CHECK(value("K=$HOME ${X}") == "$HOME ${X}");
}

TEST_CASE("double quotes know escapes, single quotes do not, and both may span lines") {
  CHECK(value(R"(K="a\nb\t\"c\" \\ \$d \x")") == "a\nb\t\"c\" \\ $d \\x");
  CHECK(value(R"(K='a\nb')") == R"(a\nb)");
  CHECK(value("K=\"first\nsecond\"") == "first\nsecond");
  CHECK(value("K='first\nsecond'\n") == "first\nsecond");
}

TEST_CASE("lines keep their numbers, and what is no assignment is passed over") {
  CHECK(parsed("\n# comment\n\nA=1\nLONE\nB='x\ny'\nC=3\n") ==
        std::vector<assignment>{{"A", "1", 4}, {"B", "x\ny", 6}, {"C", "3", 8}});
  CHECK(parsed("").empty());
  CHECK(parsed("export").empty());
  CHECK(parsed("export=1") == std::vector<assignment>{{"export", "1", 1}});
}

TEST_CASE("a broken line is refused with its number, and without what may be a secret") {
  CHECK(refusal("A=1\nFOO s3cret\n") == "f.env:2: 'FOO' does not begin a KEY=value line");
  CHECK(refusal("=v") == "f.env:1: '' does not begin a KEY=value line");
  CHECK(refusal("A=\"never\nends") ==
        "f.env:1: A: the quote that begins here never ends");
  CHECK(refusal("A='x' y") == "f.env:1: A: only a comment may follow the closing quote");
}
