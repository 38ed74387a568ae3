#include "main/top_table.hpp"

#include "main/target_output.hpp"
#include "main/text_width.hpp"
#include "main/top_screen.hpp"
#include "tests/support/catch.hpp"

#include <fmt/format.h>

using namespace scaleit;
using namespace scaleit::main;

namespace {

target_view target(const std::string& name, const std::string& health, int replicas,
                   double cpu) {
  return view_of(*spec::parse_document(fmt::format(
      R"({{"name":"{}","origin":"api","revision":3,"spec":{{"metrics":[{{"name":"cpu",)"
      R"("type":"Value","target":0.8}}]}},"status":{{"health":"{}","replicas":{},)"
      R"("desired":{},"metrics":{{"cpu":{}}},"why":"within tolerance"}}}})",
      name, health, replicas, replicas + 1, cpu)));
}

std::vector<std::string> names_of(top_table& t) {
  std::vector<std::string> all;
  for (const auto& line : t.lines(80, std::nullopt))
    all.push_back(line.substr(0, line.find(' ')));
  return {all.begin() + 2, all.end()};
}

using list = std::vector<std::string>;

}  // namespace

TEST_CASE("the live table has the unwell first, and is sorted as wished") {
  top_table t;
  t.update({target("a", "ok", 5, 0.5), target("b", "failing", 1, 0.9),
            target("c", "down", 9, 0.1), target("d", "unknown", 2, 2)});
  CHECK(t.lines(80, std::nullopt)[0] == "4 targets: 1 ok, 1 unknown, 1 failing, 1 down");
  CHECK(names_of(t) == list{"c", "b", "d", "a"});
  t.lines(80, std::nullopt);
  CHECK_FALSE(t.is_unwell(1));
  CHECK(t.is_unwell(2));
  CHECK(t.is_unwell(3));
  CHECK_FALSE(t.is_unwell(4));
  t.sort_by(top_order::replicas);
  CHECK(names_of(t) == list{"c", "a", "d", "b"});
  t.sort_by(top_order::replicas);
  CHECK(names_of(t) == list{"b", "d", "a", "c"});
  t.sort_by(top_order::metric);
  CHECK(names_of(t) == list{"d", "b", "a", "c"});
  t.sort_by(top_order::name);
  CHECK(names_of(t) == list{"a", "b", "c", "d"});
}

TEST_CASE("a live table has a line of what was, in which half height is the target") {
  top_table t;
  for (const double cpu : {0.0, 0.8, 1.6}) t.update({target("a", "ok", 5, cpu)});
  CHECK_THAT(t.lines(80, std::nullopt)[2], ContainsSubstring("1.60/0.80"));
  CHECK_THAT(t.lines(80, std::nullopt)[2], ContainsSubstring("▁▅█"));
  t.update({});
  t.update({target("a", "ok", 5, 0.8)});
  CHECK_THAT(t.lines(80, std::nullopt)[2], !ContainsSubstring("█"));
}

TEST_CASE("a live table fits every terminal, whatever is in it") {
  top_table t;
  std::vector<target_view> all;
  for (int i = 0; i < 100; ++i) {
    all.push_back(
        target(std::string(200, 'x') + std::to_string(i), "ok", 1'000'000, 1e9));
    all.back().why = std::string(300, 'y') + "日本";
  }
  t.update(all);
  for (const std::size_t width : {20U, 40U, 80U, 200U})
    for (const std::size_t height : {1U, 2U, 3U, 24U, 200U}) {
      const auto lines = t.lines(width, height, "note");
      CHECK(lines.size() == std::min<std::size_t>(height, 102));
      for (const auto& l : lines) CHECK(display_width(l) <= width);
    }
  t.sort_by(top_order::name);
  t.scroll(5);
  CHECK(t.lines(400, 24)[2].find("x13 ") != std::string::npos);
  t.scroll_to_end();
  CHECK(t.lines(400, 24)[23].find("x99 ") != std::string::npos);
  t.scroll(-1'000);
  CHECK(t.lines(400, 24)[2].find("x0 ") != std::string::npos);
}

TEST_CASE("a row of a list shows the metric that asks for most") {
  auto t = view_of(*spec::parse_document(
      R"({"name":"a","spec":{"metrics":[{"name":"cpu","target":0.8},{"name":"queue",)"
      R"("type":"AverageValue","target":30}]},"status":{"replicas":10,"metrics":)"
      R"({"cpu":0.4,"queue":600}}})"));
  REQUIRE(t.leading() != nullptr);
  CHECK(t.leading()->name == "queue");
  CHECK(metric_cell(t, *t.leading()) == "60.00/30.00");
  CHECK(metric_cell(t, t.metrics[0]) == "0.40/0.80");
}

TEST_CASE("an answer that is not as it should be is shown as far as it goes") {
  for (
      const char* json :
      {"{}", R"({"name":7,"spec":[],"status":"x"})",
       R"({"name":"a\u001b[31m","spec":{"metrics":[{"name":{}}]},"status":{"replicas":-1,)"
       R"("desired":1e99,"metrics":[],"failure":{}}})"}) {
    const auto t = view_of(*spec::parse_document(json));
    CHECK(list_row(t).size() == list_columns().size());
    CHECK(details_of(t).find('\x1b') == std::string::npos);
    CHECK_FALSE(t.replicas);
  }
}

TEST_CASE("keys are told from what a terminal sends besides") {
  const auto keys = [](std::string_view bytes) {
    std::string all;
    for (const auto k : keys_in(bytes)) all += std::string{k} + " ";
    return all;
  };
  CHECK(keys("qn") == "q n ");
  CHECK(keys("\033[A\033OB\033[5~") == "up down page-up ");
  CHECK(keys("\033[1;5Cq") == "q ");
  CHECK(keys("\x03") == "interrupt ");
  CHECK(keys("\033[") == "[ ");
  CHECK(keys("\xc3\xa4\r\n").empty());
}
