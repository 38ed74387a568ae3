// Tokens that rotate while their application is scaled.
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"
#include "tests/support/virtual_loop.hpp"

#include <memory>
#include <string>

using namespace scaleit;
using namespace scaleit::test;

namespace {

/// An application that takes one token only, and reads its own copy of it.
struct guarded_app {
  std::string token = "one";
  simple_app inner{};
  int refused_gets = 0, refused_puts = 0;

  reply operator()(const net::http_request& r) {
    const bool known =
        r.headers == std::vector<header>{{"Authorization", "Bearer " + token}};
    if (known) return inner(r);
    ++(r.method == net::verb::get ? refused_gets : refused_puts);
    return answers(401, "no such token");
  }
};

target_ptr guarded(const std::string& file) {
  auto s = app_spec();
  s.status.headers = s.scale.headers = {{"Authorization", "Bearer ${file:" + file + "}"}};
  return std::make_shared<const target_spec>(std::move(s));
}

}  // namespace

TEST_CASE("a token that rotates is sent from the next poll on") {
  temporary_directory at;
  const auto file = at.write("token", "one");
  virtual_loop h;
  guarded_app app;
  h.client.app = [&](const net::http_request& r) { return app(r); };
  h.control.add(guarded(file));
  h.advance(12s);
  CHECK(app.refused_gets == 0);
  at.write("token", "two");
  app.token = "two";
  app.inner.load = 16;
  h.advance(10s);
  CHECK(app.refused_gets == 0);
  CHECK(app.refused_puts == 0);
  CHECK(app.inner.replicas == 20);
}

TEST_CASE("after a 401 the token is read again, whatever its file's time") {
  temporary_directory at;
  const auto file = at.write("token", "one");
  virtual_loop h;
  guarded_app app;
  h.client.app = [&](const net::http_request& r) { return app(r); };
  h.control.add(guarded(file));
  h.advance(12s);
  const auto time = std::filesystem::last_write_time(file);
  app.token = "two";  // first there, then in the file
  h.advance(5s);
  CHECK(app.refused_gets == 1);
  at.write("token", "two");
  std::filesystem::last_write_time(file, time);
  app.inner.load = 16;
  h.advance(5s);
  CHECK(app.refused_gets == 1);
  CHECK(app.inner.replicas == 20);
}

TEST_CASE("a scale request that is refused for its token is tried with the new one") {
  temporary_directory at;
  const auto file = at.write("token", "one");
  virtual_loop h;
  guarded_app app;
  bool rotate = false;
  h.client.app = [&](const net::http_request& r) {
    if (rotate && r.method != net::verb::get) {
      rotate = false;
      app.token = "two";
      at.write("token", "two");
    }
    return app(r);
  };
  h.control.add(guarded(file));
  h.advance(12s);
  rotate = true;
  app.inner.load = 16;
  h.advance(15s);
  CHECK(app.refused_puts == 1);
  CHECK(app.inner.replicas == 20);
}

TEST_CASE("what is told of a target holds what stands for its secrets") {
  temporary_directory at;
  const auto file = at.write("token", "s3cret");
  virtual_loop h;
  h.control.add(guarded(file));
  h.advance(1s);
  CHECK(h.all<target_added>().size() == 1);
  for (const auto& e : h.events)
    if (e->target)
      CHECK(e->target->status.headers.at(0).value == "Bearer ${file:" + file + "}");
}
