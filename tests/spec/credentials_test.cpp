#include "spec/credentials.hpp"

#include "spec/credential_finder.hpp"
#include "spec/spec_writer.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"

#include <string>
#include <vector>

using namespace scaleit::spec;

TEST_CASE("headers that are credentials are known by name or by value") {
  struct row {
    const char *name, *value, *shown;
  };
  const std::vector<row> rows{
      {"Authorization", "Bearer s3cret", "***"},
      {"authorization", "${TOKEN}", "${TOKEN}"},
      {"Authorization", "Bearer ${TOKEN}", "Bearer ${TOKEN}"},
      {"Authorization", "Bearer ${file:/run/secrets/token}",
       "Bearer ${file:/run/secrets/token}"},
      {"Authorization", "Bearer s3cret-${TOKEN}", "***${TOKEN}"},
      {"Authorization", "Basic ${A}:${B}", "Basic ${A}:${B}"},
      {"Proxy-Authorization", "Basic YTpi", "***"},
      {"Cookie", "session=abc", "***"},
      {"Cookie", "session=${S}; theme=${T}", "session=${S}; theme=${T}"},
      {"X-Api-Key", "12", "***"},
      {"X-API-KEY", "12", "***"},
      {"apikey", "12", "***"},
      {"X-Auth-Token", "12", "***"},
      {"PRIVATE-TOKEN", "12", "***"},
      {"X-Vault-Token", "12", "***"},
      {"X-Amz-Security-Token", "12", "***"},
      {"X-Company-Secret", "12", "***"},
      {"X-Signature", "12", "***"},
      {"X-Custom", "Bearer abc", "***"},
      {"X-Custom", "basic abc", "***"},
      {"X-Jwt-Like", "12", "***"},
      {"X-Other", "eyJhbGciOiJIUzI1NiJ9.e30.c2ln", "***"},
      {"Cookie", "session=abcdef; csrf=${X}", "***${X}"},
      {"Authorization", "Token token=\"${T}\"", "Token token=\"${T}\""},
      {"X-Api-Key", "", ""},
      {"X-Author", "me", "me"},
      {"Idempotency-Key", "7", "7"},
      {"Content-Type", "a/b", "a/b"},
      {"Accept", "application/json", "application/json"},
      {"X-Scope-OrgID", "tenant-7", "tenant-7"},
      {"User-Agent", "scaleit", "scaleit"},
      {"X-Tenant", "${TENANT}-eu", "${TENANT}-eu"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name, r.value);
    CHECK(shown_header(r.name, r.value) == r.shown);
    CHECK(is_literal_credential(r.name, r.value) == (std::string{r.value} != r.shown));
  }
}

TEST_CASE("what was hidden is known again") {
  CHECK(is_hidden_header("X-Any", "***"));
  CHECK(is_hidden_header("Authorization", "***${TOKEN}"));
  CHECK_FALSE(is_hidden_header("X-Note", "a***b"));
  CHECK_FALSE(is_hidden_header("Authorization", "Bearer ${TOKEN}"));
  CHECK(is_hidden_url("http://h/a?x=1&token=***"));
  CHECK_FALSE(is_hidden_url("http://h/a?note=***&token=abc"));
  CHECK_FALSE(is_hidden_url("http://h/token=***"));
}

TEST_CASE("of a query the credentials are hidden") {
  CHECK(shown_url("http://h/a?x=1&token=abc&y=2") == "http://h/a?x=1&token=***&y=2");
  CHECK(shown_url("http://h/a?access_token=abc") == "http://h/a?access_token=***");
  CHECK(shown_url("http://h/a?X-Amz-Signature=abc&sig=d") ==
        "http://h/a?X-Amz-Signature=***&sig=***");
  CHECK(shown_url("http://h/a?password=p%20q;user=me") ==
        "http://h/a?password=***;user=me");
  for (const char* plain :
       {"http://h/token=abc", "http://h/a?query=up&time=1", "http://h/a?token",
        "http://h/a?token=", "http://h/a?", "http://h/a?&&=&x", "http://h"})
    CHECK(shown_url(plain) == plain);
}

TEST_CASE("credentials in clear text are found wherever a spec may hold one") {
  using paths = std::vector<std::string>;
  auto s = scaleit::test::app_spec("web");
  s.metrics.push_back({"queue", "/n", scaleit::metric_type::value, 5, "http://q/n?x=1"});
  s.status.headers = {{"Authorization", "Bearer ${TOKEN}"}, {"Accept", "*/*"}};
  s.shadow = {s};
  CHECK(literal_credentials(s).empty());

  s.status.headers.push_back({"X-Api-Key", "hunter2"});
  s.status.url += "?token=hunter2";
  s.metrics[1].url += "&sig=hunter2";
  s.metrics[1].headers = {{"Cookie", "a=hunter2"}};
  s.scale.url += "?password=hunter2";
  s.scale.headers = {{"X-Any", "Bearer hunter2"},
                     {"Authorization", "Bearer hunter2${TOKEN}"}};
  CHECK(literal_credentials(s) == paths{"status.url", "status.headers.X-Api-Key",
                                        "metrics[1].url", "metrics[1].headers.Cookie",
                                        "scale.url", "scale.headers.X-Any",
                                        "scale.headers.Authorization"});
  // All that is hidden when it is written is found.
  std::string json;
  append_json(json, s);
  CHECK(json.find("hunter2") == std::string::npos);
  scaleit::target_spec shadowed = scaleit::test::app_spec("web");
  shadowed.shadow = {s};
  CHECK(literal_credentials(shadowed).front() == "shadow.status.url");
}
