#include "messages/text.hpp"

#include "tests/support/catch.hpp"

using namespace scaleit;

TEST_CASE("values are written for people") {
  CHECK(format_value(0.8) == "0.80");
  CHECK(format_value(0.95) == "0.95");
  CHECK(format_value(0) == "0.00");
  CHECK(format_value(11.875) == "11.88");
  CHECK(format_value(0.1234) == "0.1234");
  CHECK(format_value(1234) == "1234");
  CHECK(format_value(0.0012) == "0.0012");
  CHECK(format_value(1e300) == "1e+300");
}

TEST_CASE("strings from outside are made safe to print") {
  CHECK(printable("plain") == "plain");
  CHECK(printable("a\nb\x1b[31m\x7f") == "a<U+000A>b<U+001B>[31m<U+007F>");
  CHECK(printable("caf\xC3\xA9") == "caf\xC3\xA9");
  CHECK(printable("caf\xE9!") == "caf?!");
  CHECK(printable("\xED\xA0\x80") == "???");  // a surrogate is no character
  CHECK(printable("\xC3\xA9\xC3\xA9", 3) == "\xC3\xA9...");
  CHECK(printable(std::string(300, 'x'), 10) == "xxxxxxxxxx...");
}

TEST_CASE("what is there and cannot be seen is shown") {
  const auto [written, shown] = GENERATE(values<std::pair<const char*, const char*>>({
      {"Active\xE2\x80\x8B", "Active<U+200B>"},
      {"5\xC2\xA0", "5<U+00A0>"},
      {"\xEF\xBB\xBFname", "<U+FEFF>name"},
      {"a\xC2\x85z", "a<U+0085>z"},
      {"a\xE2\x80\xAEz", "a<U+202E>z"},
      {"a\xC2\xADz", "a<U+00AD>z"},
      {"a\xEF\xBF\xB9z", "a<U+FFF9>z"},
      {"a\xF3\xA0\x81\x81z", "a<U+E0041>z"},
      {"caf\xC3\xA9 \xE6\x97\xA5\xE6\x9C\xAC \xF0\x9F\x98\x80",
       "caf\xC3\xA9 \xE6\x97\xA5\xE6\x9C\xAC \xF0\x9F\x98\x80"},
      {"\xE2\x80", "??"},
  }));
  CHECK(printable(written) == shown);
  CHECK(printable(printable(written)) == shown);  // twice is as good as once
}

TEST_CASE("no cut goes through what stands for an invisible character") {
  CHECK(printable("ab\xE2\x80\x8Bz", 9) == "ab...");
  CHECK(printable("ab\xE2\x80\x8Bz", 10) == "ab<U+200B>...");
  CHECK(without_invisible("a\xE2\x80\x8Bz\xC3\xA9\xFF") == "az\xC3\xA9\xFF");
}
