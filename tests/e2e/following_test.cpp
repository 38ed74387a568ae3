// What a person watches: events, the live table, and why.
#include "tests/e2e/served.hpp"
#include "tests/support/catch.hpp"

#include <csignal>

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

const std::string head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

/// One target that nobody answers for, which tells often.
const std::string one_that_works =
    "[{name: a, app: http://127.0.0.1:1, interval: 100ms, metrics: [{name: cpu, value: "
    "/cpu, target: 1}]}]";

std::string told(int id) {
  return "id: " + std::to_string(id) + "\ndata: {\"id\":\"" + std::to_string(id) +
         "\"}\n\n";
}

process_options following(const std::string& api, std::vector<std::string> more = {}) {
  std::vector<std::string> command{SCALEIT_BINARY, "events", "--follow", "--api", api};
  command.insert(command.end(), more.begin(), more.end());
  return {command};
}

}  // namespace

TEST_CASE("events are followed, and of some targets and types alone", "[following]") {
  scripted_application application{16};
  served d;
  process all{following(d.url())};
  process some{following(d.url(), {"b", "--type", "scale.applied", "-o", "text"})};
  d.write("a.yaml", spec_of("a", application.port()));
  const std::string at_once =
      "behavior: {scaleUp: {policies: [{type: Pods, value: 1000, periodSeconds: 1}]}}\n";
  // They are there when the daemon says that they are.
  CHECK(eventually([&] {
    d.ask({"targets", "apply", "-f",
           d.write("b.yaml", spec_of("b", application.port()) + at_once)});
    application.set_replicas(10);
    return some.out().find(" b scale.applied 10 -> 20") != std::string::npos;
  }));
  CHECK(eventually([&] {
    return all.out().find("\"type\":\"scaleit.decision.made\"") != std::string::npos;
  }));
  for (const auto& line : lines_of(all.out()))
    CHECK((line.starts_with("{\"specversion\"") || line == lines_of(all.out()).back()));
  CHECK(some.out().find("decision") == std::string::npos);
  for (auto* p : {&all, &some}) {
    p->signal(SIGINT);
    CHECK(p->wait() == 0);
    CHECK(p->err().empty());
  }
  const auto had = d.ask({"events", "--type", "target.added"});
  CHECK(lines_of(had.out).size() == 1);
}

TEST_CASE("a connection that is lost is made again, after the last event",
          "[following]") {
  unruly_server server{[](peer& p) {
    p.read_request();
    if (p.number() == 1) p.send(head + told(1) + told(2) + "id: 3\ndata: {\"id\"");
    if (p.number() == 2) p.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
    if (p.number() == 3) p.send(head + ": missed 4 events\n\n" + told(7));
    if (p.number() >= 3) p.wait_until_closed();
  }};
  process p{following(server.url(""))};
  CHECK(eventually([&] { return lines_of(p.out()).size() == 3; }));
  CHECK(p.out() == "{\"id\":\"1\"}\n{\"id\":\"2\"}\n{\"id\":\"7\"}\n");
  CHECK_THAT(p.err(), ContainsSubstring("connection lost"));
  CHECK_THAT(p.err(), ContainsSubstring("missed 4 events"));
  CHECK_THAT(p.err(), ContainsSubstring("connected again"));
  const auto requests = server.requests();
  CHECK(requests[0].find("Last-Event-ID") == std::string::npos);
  CHECK_THAT(requests[1], ContainsSubstring("Last-Event-ID: 2\r\n"));
  CHECK_THAT(requests[2], ContainsSubstring("Last-Event-ID: 2\r\n"));
}

TEST_CASE("whoever reads the events may leave at any time", "[following]") {
  served d;
  const auto r = d.ask_shell("{ $SCALEIT events --follow; echo code $? >&2; } | true");
  CHECK(r.err == "code 141\n");
}

TEST_CASE("all that the daemon has is printed, however slowly it is read",
          "[following]") {
  served d{one_that_works};
  CHECK(eventually([&] { return lines_of(d.ask({"events"}).out).size() > 20; }));
  const auto at_once = lines_of(d.ask({"events"}).out).size();
  const auto slowly = d.ask_shell("$SCALEIT events | { sleep 1; wc -l; }");
  CHECK(std::stoul(slowly.out) >= at_once);
  CHECK(d.ask({"events", "--type", "target.added", "a"}).code == 0);
}

TEST_CASE("who shares our output keeps it as it was", "[following]") {
  served d;
  // In octal: O_NONBLOCK is 04000, O_WRONLY 01.
  const auto r = d.ask_shell(
      "{ $SCALEIT events --follow & sleep 1; grep flags /proc/self/fdinfo/1; kill $!; } "
      "| cat");
  CHECK_THAT(r.out, ContainsSubstring("flags:"));
  CHECK(r.out.find("4001") == std::string::npos);
}

TEST_CASE("what is no daemon is told, whatever it answers", "[following]") {
  for (const auto& [answer, code] : std::vector<std::pair<std::string, int>>{
           {ok("<html>"), 3},
           {ok("[1]"), 3},
           {"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 3},
           {"HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\n{}", 3},
           {"nothing of HTTP\r\n\r\n", 3}}) {
    unruly_server server{answer_always(answer)};
    CAPTURE(answer);
    for (const char* command : {"list", "get", "delete", "pause"}) {
      std::vector<std::string> all{"targets", command, "--api", server.url("")};
      if (command != std::string{"list"}) all.push_back("x");
      const auto r = run(all);
      CHECK(r.code == code);
      CHECK(lines_of(r.err).size() == 1);
    }
  }
}

TEST_CASE("a running daemon explains itself", "[following]") {
  scripted_application application{16};
  served d{"[{name: a, app: http://127.0.0.1:" + std::to_string(application.port()) +
           ", interval: 100ms, metrics: [{name: cpu, value: /cpu/highPriority, target: "
           "0.8}]}]"};
  CHECK(eventually([&] { return application.replicas() == 20; }));
  const auto text = d.ask({"explain", "a"});
  CHECK(text.err.empty());
  CHECK_THAT(text.out, StartsWith("a "));
  CHECK_THAT(text.out, ContainsSubstring("decided"));
  CHECK_THAT(d.ask({"explain", "a", "-o", "json"}).out, StartsWith("{"));
  const auto none = d.ask({"explain", "nobody"});
  CHECK(none.code == 1);
  CHECK(lines_of(none.err).size() == 1);
  CHECK(d.ask({"explain", "a", "--spec", "x.yaml"}).code == 2);
  CHECK(d.ask({"explain", "a", "--at", "noon"}).code == 2);
}

TEST_CASE("top is live on a terminal, and leaves it as it was", "[following]") {
  scripted_application application{16};
  served d{"[{name: a, app: http://127.0.0.1:" + std::to_string(application.port()) +
           ", interval: 100ms, metrics: [{name: cpu, value: /cpu/highPriority, target: "
           "0.8}]}]"};
  CHECK(eventually([&] { return application.replicas() == 20; }));
  const auto once = d.ask({"top"});
  CHECK_THAT(once.out, StartsWith("1 target: 1 ok\nNAME"));
  for (const char* end : {"printf q", "printf '\\003'"}) {
    CAPTURE(end);
    // script(1) makes a terminal. A key is pressed when there is something to see.
    const temporary_directory seen;
    const auto file = (seen.path() / "typescript").string();
    const auto shows = [&](const char* what) {
      return "n=0; until grep -qs '" + std::string{what} + "' " + file +
             " || [ $((n=n+1)) -gt 300 ]; do sleep .1; done; ";
    };
    const auto r =
        d.ask_shell("command -v script >/dev/null || exit 77; { " +
                    shows("1 target: 1 ok") + end + "; " + shows("code [0-9]") +
                    "} | script -qefc \"stty rows 24 cols 80; stty -g; " +
                    "$SCALEIT top --interval 100ms; echo code $?; stty -g\" " + file);
    if (r.code == 77) return;
    CHECK_THAT(r.out, ContainsSubstring("\033[?1049h"));
    CHECK_THAT(r.out, ContainsSubstring("1 target: 1 ok"));
    CHECK_THAT(r.out, ContainsSubstring("\033[?25h\033[?1049l"));
    CHECK_THAT(r.out, ContainsSubstring("code 0"));
    const auto lines = lines_of(r.out);
    REQUIRE(lines.size() > 3);
    CHECK(lines.front() == lines.back());
  }
}

TEST_CASE("a record's events are printed without a daemon", "[following]") {
  const std::string record =
      std::string{SCALEIT_SOURCE_DIR} + "/docs/examples/last-night.jsonl";
  const auto all = run({"events", "--record", record});
  CHECK(all.out == text_of(record));
  const auto some = run({"events", "checkout", "--type", "scale.applied", "--record",
                         record, "-o", "text"});
  CHECK(some.code == 0);
  CHECK_THAT(lines_of(some.out).front(), ContainsSubstring(" checkout scale.applied "));
  CHECK(run({"events", "--record", record, "--after", "999999"}).out.empty());
  CHECK(run({"events", "--record", "/nowhere"}).code == 2);
  CHECK(run({"events", "--type", "scale.aplied"}).code == 2);
  CHECK(run({"events", "--after", "x"}).code == 2);
  CHECK(run({"events", "--follow", "--record", record}).code == 2);
}
