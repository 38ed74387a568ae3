#include "api/bodies.hpp"

#include "spec/document_json.hpp"
#include "spec/spec_writer.hpp"
#include "tests/support/catch.hpp"

using namespace scaleit;

namespace {

spec::document_ptr json(const std::string& text) {
  auto read = spec::parse_json(text);
  REQUIRE(read.document);
  return read.document;
}

net::server_request sent(const std::string& type, const std::string& body) {
  net::server_request r;
  if (!type.empty()) r.headers.push_back({"Content-Type", type});
  r.body = body;
  return r;
}

int status_if_refused(const api::read_or_refused<spec::document_ptr>& x) {
  const auto* no = std::get_if<net::server_response>(&x);
  return no ? no->status : 200;
}

const std::string checkout =
    R"({"app":"http://shop:1","metrics":[{"name":"cpu","value":"/cpu","target":0.8}],
"status":{"headers":{"X-Api-Key":"secret-in-clear"}},"maxReplicas":9})";

target_ptr read(const spec::document_ptr& d) {
  spec::secret_store none;
  auto x = api::read_spec(d, "checkout", none);
  if (const auto* no = std::get_if<net::server_response>(&x)) FAIL(no->body);
  return std::get<target_ptr>(x);
}

std::string shown(const target_spec& s) {
  std::string out;
  spec::append_json(out, s);
  return out;
}

target_ptr patched(const std::string& patch) {
  return read(api::patched(*read(json(checkout)), json(patch)));
}

}  // namespace

TEST_CASE("a body is what its Content-Type says") {
  CHECK(status_if_refused(api::read_document(sent("", "{}"))) == 200);
  CHECK(status_if_refused(api::read_document(sent("application/json", "a: 1"))) == 400);
  CHECK(status_if_refused(api::read_document(sent("application/yaml", "a: 1"))) == 200);
  CHECK(status_if_refused(api::read_document(sent("application/yaml", "a: [1"))) == 400);
  CHECK(status_if_refused(api::read_document(sent("application/json", ""))) == 400);
  CHECK(status_if_refused(api::read_document(sent("application/json", "7"))) == 422);
  CHECK(status_if_refused(
            api::read_document(sent("application/json", R"({"a":1,"a":2})"))) == 400);
}

TEST_CASE("a spec that is wrong is refused with all that is wrong with it") {
  spec::secret_store none;
  const auto x = api::read_spec(json(R"({"name":"other","app":"shop","maxReplica":3})"),
                                "checkout", none);
  const auto* no = std::get_if<net::server_response>(&x);
  REQUIRE(no);
  CHECK(no->status == 422);
  for (const auto* part :
       {"'other' is another name", "maxReplicas", "'metrics'", "not an absolute URL"}) {
    CAPTURE(part, no->body);
    CHECK(no->body.find(part) != std::string::npos);
  }
}

TEST_CASE("a merge patch changes what it names, and null takes away") {
  CHECK(*patched("{}") == *read(json(checkout)));
  CHECK(patched(R"({"maxReplicas":7})")->max_replicas == 7);
  CHECK(patched(R"({"status":{"timeout":"3s"}})")->status.url ==
        "http://shop:1/app/status");
  CHECK(patched(R"({"status":{"headers":null}})")->status.headers.empty());
}

TEST_CASE("a patch of app moves both of its URLs") {
  const auto moved = patched(R"({"app":"http://other:2"})");
  CHECK(moved->status.url == "http://other:2/app/status");
  CHECK(moved->scale.url == "http://other:2/app/replicas");
  const auto own = read(api::patched(*patched(R"({"status":{"url":"http://own:3/s"}})"),
                                     json(R"({"app":"http://other:2"})")));
  CHECK(own->status.url == "http://own:3/s");
}

TEST_CASE("a patch keeps a credential that nobody is shown") {
  const auto after = patched(R"({"minReplicas":2})");
  CHECK(after->status.headers.at(0).value == "secret-in-clear");
  CHECK(shown(*after).find("secret-in-clear") == std::string::npos);
}
