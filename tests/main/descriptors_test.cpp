#include "main/descriptors.hpp"

#include "tests/support/catch.hpp"

using namespace scaleit::main;

TEST_CASE("open files are shared and never more than there are") {
  for (std::size_t allowed = 0; allowed < 3000; ++allowed)
    for (const std::size_t taken : {0u, 3u, 40u}) {
      const auto s = share_descriptors(allowed, taken);
      CAPTURE(allowed, taken);
      REQUIRE(s.has_value() == (allowed >= taken + 44));
      if (!s) continue;
      REQUIRE(s->own + s->clients + s->api + s->applications + taken <= allowed);
      REQUIRE(s->own >= 32);
      REQUIRE(s->clients >= 4);
      REQUIRE(s->api >= 4);
      REQUIRE(s->applications >= 4);
    }
}

TEST_CASE("most of many open files are for applications") {
  CHECK(share_descriptors(64, 0)->applications == 22);
  CHECK(share_descriptors(1024, 0)->applications == 799);
  CHECK(share_descriptors(1 << 20, 0)->applications == 100'000);
}
