// Targets that a person adds, changes, pauses and removes from a shell.
#include "tests/e2e/served.hpp"
#include "tests/support/catch.hpp"

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

const std::string one_in_file =
    "[{name: owned, app: http://127.0.0.1:9, metrics: [{name: cpu, value: /cpu, "
    "target: 1}]}]";

}  // namespace

TEST_CASE("a target is applied, seen, held and removed", "[targets]") {
  scripted_application application{16};
  served d;
  CHECK(d.ask({"targets", "list"}).err == "no targets\n");
  const auto file = d.write("a.yaml", spec_of("checkout", application.port()));

  const auto dry = d.ask({"targets", "apply", "--dry-run", "-f", file});
  CHECK(dry.out == "checkout created (dry run)\n");
  CHECK(d.ask({"targets", "get", "checkout"}).code == 1);

  const auto created = d.ask({"targets", "apply", "-f", file});
  CHECK(created.err.empty());
  CHECK(created.out == "checkout created\n");
  CHECK(d.ask({"targets", "apply", "-f", file}).out == "checkout unchanged\n");
  CHECK(eventually([&] { return application.replicas() == 20; }));

  d.write("a.yaml", spec_of("checkout", application.port(), 50));
  CHECK(d.ask({"targets", "apply", "--dry-run", "-f", file}).out ==
        "checkout configured (dry run)\n");
  CHECK(d.ask({"targets", "apply", "-f", file}).out == "checkout configured\n");

  CHECK(d.ask({"targets", "pause", "checkout"}).out == "checkout paused\n");
  CHECK_THAT(d.ask({"targets", "get", "checkout"}).out,
             ContainsSubstring("hold      paused"));
  application.set_load(8);
  CHECK(d.ask({"targets", "resume", "checkout"}).out == "checkout resumed\n");
  CHECK(d.ask({"targets", "pause", "checkout", "--scale-in"}).out ==
        "checkout paused (scale-in)\n");
  CHECK_THAT(d.ask({"targets", "list"}).out, ContainsSubstring("checkout"));
  CHECK(d.ask({"targets", "list", "-o", "name"}).out == "checkout\n");
  CHECK(d.ask({"targets", "delete", "checkout"}).out == "checkout deleted\n");

  const auto gone = d.ask({"targets", "delete", "checkout", "neither"});
  CHECK(gone.code == 1);
  CHECK(lines_of(gone.err).size() == 2);
  CHECK_THAT(gone.err, StartsWith("scaleit: there is no target 'checkout'"));
  CHECK(d.ask({"targets", "delete", "checkout", "--ignore-not-found"}).code == 0);
}

TEST_CASE("what get prints is what apply takes, without a change", "[targets]") {
  served d{one_in_file};
  REQUIRE(d.ask({"targets", "apply", "-f", d.write("a.yaml", spec_of("no", 9))}).code ==
          0);
  for (const char* form : {"yaml", "json"}) {
    CAPTURE(form);
    const auto get = std::string{"$SCALEIT targets get no owned -o "} + form;
    const auto r = d.ask_shell(get + " | $SCALEIT targets apply -f -");
    CHECK(r.err.empty());
    CHECK(r.out == "no unchanged\nowned unchanged\n");
    const auto one = d.ask_shell(std::string{"$SCALEIT targets get no -o "} + form +
                                 " | $SCALEIT targets apply -f -");
    CHECK(one.out == "no unchanged\n");
    const auto all = d.ask_shell(std::string{"$SCALEIT targets list -o "} + form +
                                 " | $SCALEIT targets apply -f -");
    CHECK(all.out == "no unchanged\nowned unchanged\n");
  }
}

TEST_CASE("files are judged before anything is done", "[targets]") {
  served d;
  const temporary_directory at;
  const auto folder = at.path().string();
  at.write("a.yaml", spec_of("a", 9));
  const auto bad = at.write("b.yaml", spec_of("b", 9) + "oops: 1\n");
  const auto r = d.ask({"targets", "apply", "-f", folder});
  CHECK(r.code == 2);
  CHECK(r.out.empty());
  CHECK_THAT(r.err, StartsWith(bad + ":6:1: unknown key 'oops'"));
  CHECK(d.ask({"targets", "list", "-o", "name"}).out.empty());
  at.write("b.yaml", spec_of("b", 9));
  CHECK(d.ask({"targets", "apply", "-f", folder}).out == "a created\nb created\n");
}

TEST_CASE("what belongs to a file is refused, and the others go on", "[targets]") {
  served d{one_in_file};
  const auto file = d.write("a.yaml", spec_of("a", 9) + "---\n" + spec_of("owned", 9) +
                                          "---\n" + spec_of("z", 9));
  const auto r = d.ask({"targets", "apply", "-f", file});
  CHECK(r.code == 1);
  CHECK(r.out == "a created\nz created\n");
  CHECK_THAT(r.err, StartsWith("scaleit: 'owned' belongs"));
  const auto dry = d.ask({"targets", "apply", "--dry-run", "-f", file});
  CHECK(dry.code == 1);
  CHECK(dry.err == r.err);
  CHECK_THAT(r.err, ContainsSubstring("file"));
}

TEST_CASE("prune removes what no file names, if it was made through the API",
          "[targets]") {
  served d{one_in_file};
  const auto both = d.write("b.yaml", spec_of("a", 9) + "---\n" + spec_of("b", 9));
  REQUIRE(d.ask({"targets", "apply", "-f", both}).code == 0);
  const auto one = d.write("a.yaml", spec_of("a", 9));
  const auto unasked = d.ask({"targets", "apply", "--prune", "-f", one});
  CHECK(unasked.code == 2);
  CHECK_THAT(unasked.err, ContainsSubstring("--yes"));
  CHECK(d.ask({"targets", "apply", "--prune", "--dry-run", "-f", one}).out ==
        "a unchanged (dry run)\nb pruned (dry run)\n");
  CHECK(d.ask({"targets", "apply", "--prune", "--yes", "-f", one}).out ==
        "a unchanged\nb pruned\n");
  CHECK(d.ask({"targets", "list", "-o", "name"}).out == "a\nowned\n");
  const auto nothing = d.write("none.json", R"({"items":[]})");
  CHECK(d.ask({"targets", "apply", "--prune", "--yes", "-f", nothing}).code == 2);
  CHECK(d.ask({"targets", "list", "-o", "name"}).out == "a\nowned\n");
}

TEST_CASE("only the daemon's own word is that a target is not there", "[targets]") {
  served d{one_in_file};
  CHECK(d.ask({"targets", "delete", "--ignore-not-found", "nobody"}).code == 0);
  CHECK(d.ask({"targets", "delete", ""}).code == 2);
  // Where metrics are served nothing is known of targets.
  const auto r =
      d.ask_shell("SCALEIT_API=http://127.0.0.1:" + std::to_string(d.daemon().port()) +
                  " $SCALEIT targets delete --ignore-not-found owned");
  CHECK(r.code == 3);
  CHECK_THAT(r.err, ContainsSubstring("is no daemon of ScaleIt"));
}

TEST_CASE("many targets come in pages, and a table fits a terminal", "[targets]") {
  served d;
  std::string all;
  for (int i = 0; i < 1100; ++i)
    all += (i > 0 ? "---\n" : "") +
           spec_of(std::string(i == 7 ? 180 : 1, 'x') + "-" + std::to_string(i), 9, 100,
                   "1h");
  const auto applied = d.ask({"targets", "apply", "-f", d.write("a.yaml", all)});
  CHECK(applied.err.empty());
  CHECK(lines_of(applied.out).size() == 1100);
  CHECK(lines_of(d.ask({"targets", "list", "-o", "name"}).out).size() == 1100);
  const auto table = lines_of(d.ask({"targets", "list"}).out);
  CHECK(table.size() == 1101);
  for (const auto& line : table) CHECK(line.size() < 80 + 40);  // in bytes
  CHECK(lines_of(d.ask({"targets", "list", "--prefix", "x-10"}).out).size() == 1 + 111);
  CHECK(lines_of(d.ask({"top"}).out).size() == 1102);
}

TEST_CASE("reload says what has changed, or why nothing has", "[targets]") {
  served d{one_in_file, {"--watch=false"}};
  CHECK(d.ask({"reload"}).out == "0 added, 0 changed, 0 removed, 1 unchanged\n");
  d.write("scaleit.yaml", "targets: [oops]\n");
  const auto bad = d.ask({"reload"});
  CHECK(bad.code == 1);
  CHECK_THAT(bad.err, ContainsSubstring("targets[0]"));
  d.write("scaleit.yaml", "targets: []\n");
  CHECK(d.ask({"reload"}).out == "0 added, 0 changed, 1 removed, 0 unchanged\n");
}

TEST_CASE("a token is asked for, shown to the daemon and to nobody else", "[targets]") {
  const temporary_directory at;
  const auto token = at.write("token", "a-very-secret-token\n");
  served d{one_in_file, {"--token-file", token}};
  const auto none = d.ask({"targets", "list"});
  CHECK(none.code == 2);
  CHECK(lines_of(none.err).size() == 1);
  CHECK(d.ask({"targets", "list", "--token-file", token, "-o", "name"}).out == "owned\n");
  const auto by_variable =
      run({"targets", "list", "-o", "name"},
          {{"SCALEIT_API", d.url()}, {"SCALEIT_TOKEN", "a-very-secret-token"}});
  CHECK(by_variable.out == "owned\n");
  const auto wrong = run({"targets", "list"},
                         {{"SCALEIT_API", d.url()}, {"SCALEIT_TOKEN", "another-secret"}});
  CHECK(wrong.code == 2);
  CHECK(wrong.err.find("another-secret") == std::string::npos);
}

TEST_CASE("a daemon on a unix socket is asked like any other", "[targets]") {
  const temporary_directory at;
  served d{one_in_file, {}, "unix:" + (at.path() / "api.sock").string()};
  CHECK_THAT(d.url(), StartsWith("unix:/"));
  CHECK(d.ask({"targets", "list", "-o", "name"}).out == "owned\n");
  CHECK(d.ask({"targets", "apply", "-f", d.write("a.yaml", spec_of("a", 9))}).out ==
        "a created\n");
  CHECK_FALSE(d.ask({"events", "--type", "target.added"}).out.empty());
}

TEST_CASE("a credential that get hides is left as it is", "[targets]") {
  served d;
  const auto secret = spec_of("a", 9) +
                      "status: {url: http://127.0.0.1:9/s, headers: {Authorization: "
                      "Bearer of-mine}}\n";
  REQUIRE(d.ask({"targets", "apply", "-f", d.write("a.yaml", secret)}).code == 0);
  for (const char* form : {"yaml", "json"}) {
    const auto get = std::string{"$SCALEIT targets get a -o "} + form;
    CHECK(d.ask_shell(get).out.find("of-mine") == std::string::npos);
    const auto same = d.ask_shell(get + " | $SCALEIT targets apply -f -");
    CHECK(same.out == "a unchanged\n");
    CHECK(same.err.empty());
    const auto other =
        d.ask_shell(get + " | sed 's/100ms/200ms/' | $SCALEIT targets apply -f -");
    CHECK(other.code == 1);
    CHECK_THAT(other.err, ContainsSubstring("***"));
  }
}

TEST_CASE("where no daemon is, every command says so in one line", "[targets]") {
  const temporary_directory at;
  const auto port = std::to_string(closed_port());
  const auto file = at.write("a.yaml", spec_of("a", 9));
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"targets", "list"},
                                             {"targets", "get", "a"},
                                             {"targets", "apply", "-f", file},
                                             {"targets", "delete", "a"},
                                             {"targets", "pause", "a"},
                                             {"targets", "resume", "a"},
                                             {"reload"},
                                             {"top"},
                                             {"explain", "a"},
                                             {"events"},
                                             {"events", "--follow"}}) {
    const auto r = run(command, {{"SCALEIT_API", "http://127.0.0.1:" + port}});
    CAPTURE(command);
    CHECK(r.code == 3);
    CHECK(r.err == "scaleit: no daemon at http://127.0.0.1:" + port +
                       " (connection refused); --api or SCALEIT_API choose another\n");
    auto local = command;
    local.insert(local.end(), {"--api", "unix:/nowhere/a.sock"});
    const auto l = run(local);
    CHECK(l.code == 3);
    CHECK(l.err ==
          "scaleit: no daemon at unix:/nowhere/a.sock (no such file or "
          "directory); --api or SCALEIT_API choose another\n");
  }
  CHECK(run({"targets", "list", "--api", "127.0.0.1:8001"}).code == 2);
  CHECK(run({"targets"}).code == 2);
  CHECK(run({"targets", "list", "-o", "xml"}).code == 2);
}
