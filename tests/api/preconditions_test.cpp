#include "api/preconditions.hpp"

#include "tests/support/catch.hpp"

using namespace scaleit;
using api::preconditions;

namespace {

preconditions with(const std::string& name, const std::string& value) {
  net::server_request r;
  r.headers.push_back({name, value});
  return preconditions::of(r);
}

}  // namespace

TEST_CASE("a change is made to what the client has seen") {
  const std::string tag = "\"a-1\"";
  const preconditions none{};
  CHECK(none.allow(nullptr));
  CHECK(none.allow(&tag));
  struct row {
    std::string name, value;
    bool there, absent;  ///< whether it may be changed then
  };
  const std::vector<row> table{
      {"If-Match", "\"a-1\"", true, false},
      {"if-match", "\"b\" , \"a-1\"", true, false},
      {"If-Match", "\"a-2\"", false, false},
      {"If-Match", "W/\"a-1\"", false, false},  // RFC 9110, 13.1.1: strong comparison
      {"If-Match", "a-1", false, false},
      {"If-Match", "", false, false},
      {"If-Match", " * ", true, false},
      {"If-None-Match", "*", false, true},
      {"If-None-Match", "\"a-1\"", false, true},
      {"If-None-Match", "W/\"a-1\"", false, true},
      {"If-None-Match", "\"a-2\"", true, true},
  };
  for (const auto& r : table) {
    CAPTURE(r.name, r.value);
    CHECK(with(r.name, r.value).allow(&tag) == r.there);
    CHECK(with(r.name, r.value).allow(nullptr) == r.absent);
  }
}

TEST_CASE("a reader need not be told what he has") {
  const std::string tag = "\"a-1\"";
  CHECK(with("If-None-Match", "\"x\", W/\"a-1\"").known(tag));
  CHECK(with("If-None-Match", "*").known(tag));
  CHECK_FALSE(with("If-None-Match", "\"a-11\"").known(tag));
  CHECK_FALSE(with("If-Match", "\"a-1\"").known(tag));
}
