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
  CHECK(printable("a\nb\x1b[31m\x7f") == "a?b?[31m?");
  CHECK(printable("caf\xC3\xA9") == "caf\xC3\xA9");
  CHECK(printable("caf\xE9!") == "caf?!");
  CHECK(printable("\xED\xA0\x80") == "???");  // a surrogate is no character
  CHECK(printable("\xC3\xA9\xC3\xA9", 3) == "\xC3\xA9...");
  CHECK(printable(std::string(300, 'x'), 10) == "xxxxxxxxxx...");
}
