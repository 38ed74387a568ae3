#include "spec/environment.hpp"

#include "spec/input_error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <sys/stat.h>

using namespace scaleit;
using namespace scaleit::spec;

namespace {

std::vector<assignment> parsed(std::string_view text) {
  return parse_env_file(text, "f.env").assignments;
}

/// The value of the only assignment in `line`.
std::string value(std::string_view line) {
  const auto all = parsed(line);
  REQUIRE(all.size() == 1);
  CHECK(all[0].key == "K");
  return all[0].value;
}

std::string refusal_in_file(std::string_view text) {
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

TEST_CASE("a broken line of another program is told, without a secret, and skipped") {
  struct row {
    const char* text;
    const char* told;
  };
  const row rows[] = {
      {"FOO s3cret\n", "f.env:1: 'FOO' does not begin a KEY=value line"},
      {"; a comment\n", "f.env:1: ';' does not begin a KEY=value line"},
      {"=v\n", "f.env:1: '' does not begin a KEY=value line"},
      {"A=\"never\n", "f.env:1: A: the quote that begins here never ends"},
      {"A='x' y\n", "f.env:1: A: only a comment may follow the closing quote"},
      {"A='x\ny' y\n", "f.env:2: A: only a comment may follow the closing quote"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.text);
    const auto read = parse_env_file(std::string{r.text} + "B=2\n", "f.env");
    REQUIRE_FALSE(read.skipped.empty());
    CHECK(read.skipped[0] == std::string{r.told} + "; the line is skipped");
    REQUIRE_FALSE(read.assignments.empty());
    CHECK(read.assignments.back().key == "B");
  }
}

TEST_CASE("a broken line of ours is refused with its number") {
  CHECK(refusal_in_file("A=1\nSCALE_METRIC 0.5\n") ==
        "f.env:2: 'SCALE_METRIC' does not begin a KEY=value line");
  CHECK(refusal_in_file("SCALE_METRIC=\"0.5\n") ==
        "f.env:1: SCALE_METRIC: the quote that begins here never ends");
  CHECK(refusal_in_file("SCALEIT_RECORD='x' y") ==
        "f.env:1: SCALEIT_RECORD: only a comment may follow the closing quote");
}

TEST_CASE("a line that names a variable of ours and is no assignment is refused") {
  const auto [line, told] = GENERATE(values<std::pair<const char*, const char*>>({
      {"SCALE_METRIC: 0.5", "'SCALE_METRIC' does not begin a KEY=value line"},
      {"SCALE_METRIC:0.5", "'SCALE_METRIC' does not begin a KEY=value line"},
      {"set SCALE_METRIC=0.5",
       "'set' does not begin a KEY=value line, and the line names SCALE_METRIC"},
      {"setenv SCALE_METRIC 0.5",
       "'setenv' does not begin a KEY=value line, and the line names SCALE_METRIC"},
      {"set\tSCALE_METRIC 0.5",
       "'set' does not begin a KEY=value line, and the line names SCALE_METRIC"},
      {"\xC2\xA0SCALE_METRIC=0.5",
       "'<U+00A0>SCALE_METRIC' does not begin a KEY=value line"},
      {"SCALE\xE2\x80\x8B_METRIC=0.5",
       "'SCALE<U+200B>_METRIC' does not begin a KEY=value line, and the line names "
       "SCALE_METRIC"},
      {"\xA0LOG_LEVEL=INFO", "'?LOG_LEVEL' does not begin a KEY=value line"},
      {"{\"SCALE_METRIC\": 0.5}", "'{\"SCALE_METRIC' does not begin a KEY=value line"},
      {"{\"SCALE_METRIC\":0.5,\"PASSWORD\":\"s3cret\"}",
       "'{\"SCALE_METRIC' does not begin a KEY=value line"},
      {"{\"A\": 1, \"LOG_LEVEL\": \"INFO\"}",
       "'{\"A\":' does not begin a KEY=value line, and the line names LOG_LEVEL"},
      {"$env:SCALE_METRIC = 0.5", "'$env:SCALE_METRIC' does not begin a KEY=value line"},
      {"$env.SCALE_METRIC = 0.5", "'$env.SCALE_METRIC' does not begin a KEY=value line"},
      {"os.environ[\"LOG_LEVEL\"] = \"INFO\"",
       "'os.environ[\"LOG_LEVEL' does not begin a KEY=value line"},
      {"docker run -e SCALE_METRIC=0.5 image",
       "'docker' does not begin a KEY=value line, and the line names SCALE_METRIC"},
      {"A='x' SCALE_METRIC=0.5",
       "A: only a comment may follow the closing quote, and the line names SCALE_METRIC"},
      {"set SCALEIT_RECORD /x",
       "'set' does not begin a KEY=value line, and the line names SCALEIT_RECORD"},
  }));
  CAPTURE(line);
  CHECK(refusal_in_file("A=1\n" + std::string{line} + "\nB=2\n") ==
        "f.env:2: " + std::string{told});
}

TEST_CASE("a comment, a longer name and a value name no variable of ours") {
  const auto* line =
      GENERATE("set MY_SCALE_METRIC=0.5", "set SCALE_METRICS 0.5",
               "set app.SCALE_METRIC=0.5", "my-SCALE_METRIC: 0.5", "; SCALE_METRIC=0.5",
               ";SCALE_METRIC=0.5", "// SCALE_METRIC=0.5", "FOO bar # SCALE_METRIC=0.5",
               "# set SCALE_METRIC=0.5", "app.SCALE_METRIC=0.5", "NOTE=set SCALE_METRIC",
               "SCALE_METRIC", "export LOG_LEVEL", "[scale]", "SCALE_METRI\xC3\x89=1");
  CAPTURE(line);
  const auto read = parse_env_file(std::string{line} + "\nB=2\n", "f.env");
  REQUIRE_FALSE(read.assignments.empty());
  CHECK(read.assignments.back().key == "B");
}

namespace {

/// In a directory of its own.
struct elsewhere {
  std::filesystem::path before = std::filesystem::current_path();
  test::temporary_directory d;
  elsewhere() { std::filesystem::current_path(d.path()); }
  ~elsewhere() { std::filesystem::current_path(before); }
};

std::string loading(const std::optional<std::string>& file, bool incidental = false) {
  try {
    const auto e = environment::load(file, incidental);
    return e.warnings().empty() ? "" : "warning: " + e.warnings()[0];
  } catch (const input_error& e) {
    return e.what();
  }
}

}  // namespace

TEST_CASE("what is no regular file is no .env, but one that is named must be a file") {
  const elsewhere here;
  std::filesystem::create_directory(".env");
  CHECK(loading({}).empty());
  CHECK_THAT(loading(".env"), StartsWith(".env: is a directory"));
  std::filesystem::remove(".env");
  REQUIRE(::mkfifo(".env", 0600) == 0);
  CHECK(loading({}).empty());
  CHECK_THAT(loading(".env"), StartsWith(".env: is a pipe that nobody writes to"));
}

TEST_CASE("an env file in UTF-16 is named so, and stops only who needs it") {
  const elsewhere here;
  std::ofstream{".env"} << std::string{
      "\xFF\xFE"
      "A\0=\0",
      6};
  CHECK_THAT(loading({}), StartsWith(".env: is in UTF-16, not UTF-8; accepted: "));
  CHECK_THAT(loading({}, true), StartsWith("warning: .env: is in UTF-16"));
  CHECK_THAT(loading(".env", true), StartsWith(".env: is in UTF-16"));
}
