#include "main/text_table.hpp"

#include "main/sparkline.hpp"
#include "tests/support/catch.hpp"

#include <limits>

using namespace scaleit::main;

TEST_CASE("width is counted in columns of a terminal") {
  CHECK(display_width("") == 0);
  CHECK(display_width("abc") == 3);
  CHECK(display_width("naïve") == 5);
  CHECK(display_width("e\u0301") == 1);
  CHECK(display_width("日本") == 4);
  CHECK(display_width("😀") == 2);
}

TEST_CASE("what is too wide is cut, with an ellipsis, between characters") {
  CHECK(fitted("checkout", 8, cut::end) == "checkout");
  CHECK(fitted("checkout", 5, cut::end) == "chec…");
  CHECK(fitted("checkout-eu-1", 7, cut::middle) == "che…u-1");
  CHECK(fitted("checkout-eu-1", 8, cut::middle) == "chec…u-1");
  CHECK(fitted("checkout", 1, cut::middle) == "…");
  CHECK(fitted("checkout", 0, cut::end).empty());
  CHECK(fitted("日本語", 4, cut::end) == "日…");
  CHECK(fitted("日本語です", 6, cut::middle) == "日…す");
  for (std::size_t width = 0; width < 20; ++width)
    for (const auto where : {cut::end, cut::middle})
      CHECK(display_width(fitted("añ日b😀cde\u0301fg語hij", width, where)) <= width);
}

TEST_CASE("a table is as wide as what is in it, and never wider than it may be") {
  text_table t{{{.title = "NAME", .width_min = 8, .where = cut::middle},
                {.title = "N", .right = true},
                {.title = "WHY", .width_min = 5}}};
  CHECK(t.lines(80) == std::vector<std::string>{"NAME  N  WHY"});
  t.add({"a", "7", "within tolerance"});
  t.add({"ü", "1000", ""});
  CHECK(t.lines(80) == std::vector<std::string>{"NAME     N  WHY",
                                                "a        7  within tolerance",
                                                "ü     1000"});
  t.add({std::string(253, 'x'), "1", std::string(500, 'y')});
  for (const std::size_t width : {10U, 20U, 40U, 80U, 132U})
    for (const auto& line : t.lines(width)) CHECK(display_width(line) <= width);
  CHECK(t.lines(80)[3].find("xxx…xxx") != std::string::npos);
  CHECK(t.lines(80)[3].find("1  yyy") != std::string::npos);
}

TEST_CASE("a sparkline shows the newest to the right, and gaps") {
  constexpr auto none = std::numeric_limits<double>::quiet_NaN();
  CHECK(sparkline({}, 3, 0, 1) == "   ");
  CHECK(sparkline({0, 0.5, 1}, 3, 0, 1) == "▁▅█");
  CHECK(sparkline({0, 0.5, 1}, 2, 0, 1) == "▅█");
  CHECK(sparkline({1}, 3, 0, 1) == "  █");
  CHECK(sparkline({-5, none, 99}, 3, 0, 1) == "▁ █");
  CHECK(sparkline({3, 3}, 2, 3, 3) == "▅▅");
}
