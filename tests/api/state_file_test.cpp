#include "api/state_file.hpp"

#include "tests/api/state.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/random_spec.hpp"

#include <set>
#include <string>

using namespace scaleit;
using namespace scaleit::api;
using namespace scaleit::test;

namespace {

state_change any_change(dice& d, const std::string& name) {
  state_change c{name, {}};
  if (d.coin()) c.what.hold = {d.coin(), d.coin()};
  if (c.what.empty() || d.coin())
    c.what.spec = std::make_shared<const target_spec>(any_spec(d, name));
  return c;
}

std::string why_not(std::string_view text, std::string_view file = "web.json") {
  const auto read = read_state(text, file);
  const auto* why = std::get_if<std::string>(&read);
  return why ? *why : "accepted";
}

std::string long_name(char last) {
  std::string name;
  while (name.size() < 240) name += "abcdefghijk.";
  return name.substr(0, 252) + last;
}

}  // namespace

TEST_CASE("what is written of a target reads back as the same") {
  dice d{20261129};
  for (int i = 0; i < 500; ++i) {
    const auto c = any_change(d, i % 2 == 0 ? "web" : long_name('z'));
    const auto text = state_text(c);
    CAPTURE(text);
    const auto read = read_state(text, state_file_of(c.name));
    CHECK(why_not(text, state_file_of(c.name)) == "accepted");
    REQUIRE(std::holds_alternative<state_change>(read));
    CHECK(std::get<state_change>(read).name == c.name);
    REQUIRE(same(std::get<state_change>(read).what, c.what));
    CHECK(text.find('\n') == text.size() - 1);
  }
}

TEST_CASE("a file that is cut anywhere is no good, and neither is one with another bit") {
  auto c = kept("web");
  c.what.hold = {true, false};
  const auto text = state_text(c);
  // All is there without the line's end, but nobody writes it so.
  for (std::size_t n = 0; n < text.size(); ++n)
    REQUIRE(why_not(text.substr(0, n)) != "accepted");
  for (std::size_t n = 0; n < text.size(); ++n)
    for (int bit = 0; bit < 8; ++bit) {
      auto damaged = text;
      damaged[n] = static_cast<char>(damaged[n] ^ (1 << bit));
      const auto read = read_state(damaged, "web.json");
      if (const auto* same_one = std::get_if<state_change>(&read)) {
        CAPTURE(n, bit, damaged);
        REQUIRE(same_one->name == "web");
        REQUIRE(same(same_one->what, c.what));
      }
    }
  CHECK(why_not(text + text) != "accepted");
  CHECK(why_not(std::string(100'000, '[')) != "accepted");
}

TEST_CASE("it is told what is wrong with a file, on one line") {
  const auto text = state_text(kept("web"));
  const std::string by_hand = text.substr(0, text.find(",\"sha256\"")) + "}\n";
  CHECK(why_not(by_hand) == "accepted");
  const auto with = [&](const std::string& what, const std::string& in_place) {
    auto t = by_hand;
    return why_not(t.replace(t.find(what), what.size(), in_place));
  };
  CHECK(with("\"format\":1", "\"format\":2") == "its format is 2; accepted: 1");
  CHECK(with("\"format\":1,", "") == "its format is missing; accepted: 1");
  CHECK(with("\"format\"", "\"colour\":7,\"format\"") == "unknown key 'colour'");
  CHECK(with("\"name\":\"web\"", "\"name\":\"db\"") ==
        "it is of the target 'db', whose file is db.json");
  CHECK(with("\"name\":\"web\"", "\"name\":\"../web\"") == "it has no target's name");
  CHECK(with("\"spec\":{\"name\":\"web\"", "\"spec\":{\"name\":\"db\"") ==
        "spec.name is 'db', and it is of the target 'web'");
  CHECK(with("\"type\":\"Value\"", "\"type\":\"Vlaue\"") ==
        "spec.metrics[0].type: 'Vlaue' is not valid; accepted: Value, AverageValue");
  CHECK(with("\"interval\"", "\"intrval\"").starts_with("spec: unknown key 'intrval'"));
  CHECK(why_not("") == "it is not JSON: The document is empty. (byte 1 of 0)");
  CHECK(why_not("[1]\n") == "it is no JSON object");
  CHECK(why_not("name: web\n").starts_with("it is not JSON"));
  CHECK(why_not(R"({"format":1,"name":"web"})") == "it holds neither a spec nor a hold");
  CHECK(why_not(R"({"format":1,"name":"web","hold":{"scaleIn":1}})") ==
        "hold.scaleIn is not valid; accepted: scaleIn and scaleOut, true or false");
  CHECK(why_not(R"({"format":1,"name":"web","hold":[]})") == "hold is not valid");
  CHECK(why_not(R"({"format":1,"name":"web","hold":{"scaleOut":true}})") == "accepted");
  auto changed = text;
  changed.replace(changed.find("\"maxReplicas\":100"), 17, "\"maxReplicas\":900");
  CHECK(why_not(changed) == "it is not as it was written: its sha256 is another");
}

TEST_CASE("what a spec refers to need not be there when it is restored") {
  auto s = app_spec("web");
  s.status.headers = {{"Authorization", "Bearer ${NOT_SET_ANYWHERE}"},
                      {"X-Api-Key", "${file:/not/there}"}};
  const state_change c{"web", {std::make_shared<const target_spec>(s), {}}};
  const auto text = state_text(c);
  CHECK(text.find("Bearer ${NOT_SET_ANYWHERE}") != std::string::npos);
  CHECK(why_not(text) == "accepted");
}

TEST_CASE("a spec with a credential in clear text is not to be kept") {
  auto s = app_spec("web");
  CHECK(!unkeepable(s));
  s.scale.headers = {{"Authorization", "Bearer ${TOKEN}"}};
  CHECK(!unkeepable(s));
  s.scale.headers = {{"Authorization", "Bearer hunter2"}};
  CHECK(unkeepable(s) ==
        "scale.headers.Authorization holds a credential in clear text, which is not "
        "written into the state folder; accepted: ${VAR} or ${file:/path} in a header");
  CHECK(
      state_text({"web", {std::make_shared<const target_spec>(s), {}}}).find("hunter2") ==
      std::string::npos);
}

TEST_CASE("each name has a file of its own, with a name that every disk takes") {
  CHECK(state_file_of("a.b-c") == "a.b-c.json");
  std::set<std::string> files;
  for (std::size_t n = 1; n <= 253; ++n) {
    const std::string name(n, 'a');
    const auto file = state_file_of(name);
    CHECK(files.insert(file).second);
    CHECK(file.size() + std::string{".damaged-10000"}.size() <= 143);
    CHECK(is_state_file(file));
  }
  CHECK(state_file_of(long_name('y')) != state_file_of(long_name('z')));
  for (const auto* other :
       {"", ".json", "web", "web.json.damaged-1", "web.json~", "Web.json", ".tmp-1",
        "web .json", "../web.json", "lock", "-a.json"})
    CHECK_FALSE(is_state_file(other));
}
