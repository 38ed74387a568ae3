#include "api/failed_logins.hpp"

#include "messages/bounds.hpp"
#include "tests/support/catch.hpp"

#include <string>

using namespace scaleit;
using namespace scaleit::api;
using namespace std::chrono_literals;

TEST_CASE("logins are counted by who one client can be") {
  CHECK(login_origin("10.0.0.1") == "10.0.0.1");
  CHECK(login_origin("::ffff:10.0.0.1") == "10.0.0.1");
  CHECK(login_origin("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64");
  CHECK(login_origin("2001:db8:1:2::1") == "2001:db8:1:2::/64");
  CHECK(login_origin("2001:db8:1:3::1") != "2001:db8:1:2::/64");
  CHECK(login_origin("::1") == "::/64");
  CHECK(login_origin("") == "local");
  CHECK(login_origin("10.0.0.1:80") == "local");
}

TEST_CASE("after so many wrong tokens an origin waits until the period is over") {
  failed_logins f;
  const steady_time start{1h};
  for (int n = 1; n <= bounds::api_logins_failed_max; ++n) {
    CHECK_FALSE(f.locked("a", start + 10s));
    CHECK(f.add("a", start + 1s * n) == n);
  }
  CHECK(f.locked("a", start + 31s) == 30s);
  CHECK(f.locked("a", start + 60s + 999ms) == 1s);
  CHECK_FALSE(f.locked("b", start + 31s));
  CHECK_FALSE(f.locked("a", start + 61s));
  CHECK(f.add("a", start + 61s) == 1);
  CHECK_FALSE(f.locked("a", start + 61s));
}

TEST_CASE("what is remembered of logins is bounded, and forgotten") {
  failed_logins f;
  const steady_time start{1h};
  for (std::size_t n = 0; n < 3 * bounds::api_addresses_max; ++n)
    f.add(std::to_string(n), start + std::chrono::microseconds{n});
  CHECK(f.size() == bounds::api_addresses_max);
  CHECK(f.add("0", start + 1s) == 1);
  CHECK(f.add(std::to_string(3 * bounds::api_addresses_max - 1), start + 1s) == 2);
  f.add("x", start + 2min);
  CHECK(f.size() == 1);
}
