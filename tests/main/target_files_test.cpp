#include "main/target_files.hpp"

#include "main/apply_plan.hpp"
#include "spec/document_yaml.hpp"
#include "spec/input_error.hpp"
#include "spec/spec_writer.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"

using namespace scaleit;
using namespace scaleit::main;

namespace {

std::string one(const std::string& name) {
  return "name: " + name + "\napp: http://" + name +
         "\nmetrics: [{name: cpu, value: /cpu, target: 0.8}]\n";
}

std::string names_in(const target_files& files) {
  std::string all;
  for (const auto& l : files.lines()) all += l + "\n";
  CHECK(files.good() == all.empty());
  for (const auto& t : files.targets()) all += t.read.name + " ";
  return all;
}

std::string names_in(const std::string& text) {
  target_files files;
  files.add_text(text, "f");
  return names_in(files);
}

spec::document_ptr answered(const target_spec& s, const std::string& revision = "1") {
  std::string spec;
  spec::append_json(spec, s);
  return spec::parse_document(R"({"name":")" + s.name + R"(","revision":)" + revision +
                              R"(,"origin":"api","spec":)" + spec + "}");
}

wanted_target wanted(const std::string& text) {
  target_files files;
  files.add_text(text, "f");
  CAPTURE(files.lines());
  CHECK(files.good());
  REQUIRE(files.targets().size() == 1);
  return files.targets().front();
}

}  // namespace

TEST_CASE("targets are found in every form in which they are kept") {
  CHECK(names_in(one("a")) == "a ");
  CHECK(names_in("---\n" + one("a")) == "a ");
  CHECK(names_in("%YAML 1.2\n# why\n---\n" + one("a") + "---\n" + one("b") + "---\n") ==
        "a b ");
  CHECK(
      names_in("- {name: a, app: http://a, metrics: [{name: cpu, value: /c, target: 1}]}"
               "\n- {name: b, app: http://b, metrics: [{name: cpu, value: /c, target: "
               "1}]}\n") == "a b ");
  CHECK(names_in("defaults: {metrics: [{name: cpu, value: /c, target: 1}]}\n"
                 "targets: [{name: a, app: http://a}, {name: b, app: http://b}]\n") ==
        "a b ");
  std::string json;
  spec::append_json(json, *answered(test::app_spec("x")));
  CHECK(names_in(json) == "x ");
  CHECK(names_in(R"({"items":[)" + json + "]}") == "x ");
  CHECK(names_in("[" + json + "]") == "x ");
}

TEST_CASE("defaults are part of what is sent") {
  const auto t = wanted(
      "defaults: {maxReplicas: 7, metrics: [{name: cpu, value: /c, target: 1}]}\n"
      "targets: [{name: a, app: http://a}]\n");
  CHECK(t.spec->find("maxReplicas")->value->scalar == "7");
  CHECK(t.spec->find("app")->value->scalar == "http://a");
  CHECK(t.read.max_replicas == 7);
}

TEST_CASE("mistakes are told with the line of the file, not of the document") {
  CHECK(
      names_in(one("a") + "---\n" + one("b") + "oops: 1\n").find("f:8:1: unknown key") ==
      0);
  CHECK_THAT(names_in(one("a") + "---\n" + one("a")),
             ContainsSubstring("f:5:1: name: 'a' is the name of the target at f:1, too"));
  CHECK_THAT(names_in(""), ContainsSubstring("f: is empty"));
  CHECK_THAT(names_in("7"), ContainsSubstring("not a map"));
  CHECK_THAT(names_in("[7]"), ContainsSubstring("f:1:2"));
  CHECK_THAT(names_in(R"({"items":[{"spec":{"name":"a"}}]})"),
             ContainsSubstring("items[0].spec"));
  CHECK_THAT(names_in("{a: [}"), ContainsSubstring("not YAML"));
  CHECK_THAT(names_in("items: 7"), ContainsSubstring("f:1:1: items: not valid"));
}

TEST_CASE("documents of YAML begin where a mark does, and something was said before") {
  const auto starts = [](std::string_view text) { return document_starts(text); };
  using list = std::vector<std::size_t>;
  CHECK(starts("") == list{0});
  CHECK(starts("---\n---\n# a\n---\n") == list{0});
  CHECK(starts("a: 1\n--- # b\nb: 2\n---") == list{0, 5, 18});
  CHECK(starts("a: |\n  ---\n----\n") == list{0});
  CHECK(starts("a\r\n---\r\nb") == list{0, 3});
  CHECK(starts("--- # nothing\n---\na: 1\n") == list{0});
}

TEST_CASE("of a folder its YAML and JSON is read, in the order of names") {
  const test::temporary_directory at;
  CHECK_THROWS_AS(target_files{}.add(at.path().string()), spec::input_error);
  at.write("b.yaml", one("b"));
  at.write("a.yml", one("a"));
  at.write("c.json",
           R"({"name":"c","app":"http://c","metrics":[{"name":"m","value":"/m",)"
           R"("target":1}]})");
  at.write("notes.txt", "no target");
  at.write(".b.yaml.swp.yaml", "an editor's");
  std::filesystem::create_directory_symlink(".", at.path() / "here.yaml");
  target_files files;
  files.add(at.path().string());
  CHECK(names_in(files) == "a b c ");
  CHECK(files.names("c"));
  CHECK_FALSE(files.names("d"));
  CHECK_THROWS_AS(files.add("/nowhere"), spec::input_error);
}

TEST_CASE("what is as it should be is left alone, in each form in which it is printed") {
  auto s = test::app_spec("a");
  const auto now = answered(s);
  const auto yaml = spec::pretty_yaml(*now->find("spec")->value);
  const auto json = spec::pretty_json(*now);
  for (const auto& text : {yaml, json}) {
    CHECK(plan_for(wanted(text), now.get()) == apply_step::nothing);
    CHECK(plan_for(wanted(text), nullptr) == apply_step::create);
    s.max_replicas = 7;
    CHECK(plan_for(wanted(text), answered(s).get()) == apply_step::change);
    s = test::app_spec("a");
  }
}

TEST_CASE("credentials that are hidden are never written, and those shown always are") {
  auto s = test::app_spec("a");
  s.status.headers = {{"Authorization", "Bearer secret-of-mine"}};
  const auto now = answered(s);
  const auto hidden = wanted(spec::pretty_yaml(*now->find("spec")->value));
  CHECK(hidden.hides_credentials);
  CHECK(plan_for(hidden, now.get()) == apply_step::nothing);
  CHECK(plan_for(hidden, nullptr) == apply_step::refuse);
  auto other = s;
  other.max_replicas = 7;
  CHECK(plan_for(hidden, answered(other).get()) == apply_step::refuse);

  const auto shown = wanted(one("a") +
                            "status: {url: http://a/app/status, headers: {Authorization: "
                            "Bearer secret-of-mine}}\n");
  CHECK(shown.shows_credentials);
  CHECK_FALSE(shown.hides_credentials);
  CHECK(plan_for(shown, answered(shown.read).get()) == apply_step::change);
}

TEST_CASE("an answer tells whether anything has changed") {
  const auto s = test::app_spec("a");
  CHECK(outcome_of(nullptr, *answered(s)) == "created");
  CHECK(outcome_of(answered(s, "1").get(), *answered(s, "1")) == "unchanged");
  CHECK(outcome_of(answered(s, "1").get(), *answered(s, "2")) == "configured");
}
