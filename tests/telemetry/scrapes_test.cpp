// Scrapes as clients see them: short and long answers, slow readers, and who else asks.
#include "telemetry/scrapes.hpp"

#include "tests/net/raw_client.hpp"
#include "tests/support/catch.hpp"

#include <chrono>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

using namespace scaleit;
using namespace scaleit::telemetry;
using scaleit::test::raw_client;
using scaleit::test::server_thread;

namespace {

struct scraped {
  families all;
  std::optional<scrapes> answers;
  server_thread server{[this](net::server_request&& q, net::responder to) {
    if (q.path == "/healthz") return to.send({200, "text/plain", "ok", {}});
    if (!answers) answers.emplace(server.loop(), all);
    answers->answer(q.header("Accept").value_or(""), std::move(to));
  }};

  void add(int targets) {
    for (int i = 0; i < targets; ++i)
      all.gauge("scaleit_replicas", "target-" + std::to_string(i)).Set(i);
  }
};

const std::string get = "GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n";

std::string read_chunks(raw_client& c) {
  std::string all;
  for (auto chunk = c.read_chunk(); !chunk.empty(); chunk = c.read_chunk()) all += chunk;
  return all;
}

/// Each series once, each family's head once, and nothing torn.
void check_whole(const std::string& text, std::size_t targets) {
  std::set<std::string> seen;
  std::size_t lines = 0;
  std::size_t of_targets = 0;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line); ++lines) {
    seen.insert(line.substr(0, line.rfind(' ')));
    if (line.starts_with("scaleit_replicas{target=\"target-")) ++of_targets;
  }
  CHECK(text.ends_with("\n"));
  CHECK(seen.size() == lines);
  CHECK(of_targets == targets);
  CHECK(text.find("# TYPE process_threads gauge") != std::string::npos);
}

}  // namespace

TEST_CASE("a short scrape has its length") {
  scraped s;
  s.add(3);
  raw_client c{s.server.port()};
  const auto a = c.ask(get);
  CHECK(a.status == 200);
  CHECK(a.has("Content-Length: "));
  CHECK(a.has("Vary: Accept\r\n"));
  CHECK(a.has("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
  check_whole(a.body, 3);
}

TEST_CASE("a long scrape comes in pieces, and is whole") {
  scraped s;
  s.add(30'000);
  raw_client c{s.server.port()};
  for (int i = 0; i < 2; ++i) {  // the connection is kept
    c.send(get);
    const auto head = c.read_head();
    CHECK_THAT(head, ContainsSubstring("Transfer-Encoding: chunked\r\n"));
    CHECK_THAT(head, ContainsSubstring("Vary: Accept\r\n"));
    check_whole(read_chunks(c), 30'000);
  }
  c.send(
      "GET /metrics HTTP/1.1\r\nHost: h\r\nAccept: application/openmetrics-text\r\n\r\n");
  c.read_head();
  CHECK(read_chunks(c).ends_with("\n# EOF\n"));
  c.send("HEAD /metrics HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK_THAT(c.read_head(), StartsWith("HTTP/1.1 200"));
  raw_client old{s.server.port()};
  old.send("GET /metrics HTTP/1.0\r\n\r\n");
  old.read_head();
  check_whole(old.read_until_close(), 30'000);
}

TEST_CASE("while a long scrape is read slowly, or not, others are answered at once") {
  scraped s;
  s.add(200'000);
  raw_client slow{s.server.port(), false, 4096};
  raw_client never{s.server.port(), false, 4096};
  slow.send(get);
  never.send(get);
  slow.read_head();
  raw_client other{s.server.port()};
  for (int i = 0; i < 20; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    CHECK(other.ask("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n").body == "ok");
    // A thread that made all of the text first would take a second.
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::milliseconds{500});
    slow.read_some(4096);
  }
}

TEST_CASE("targets that come and go meanwhile tear no scrape") {
  scraped s;
  s.add(20'000);
  raw_client c{s.server.port()};
  for (int round = 0; round < 3; ++round) {
    c.send(get);
    c.read_head();
    for (int i = 0; i < 2000; ++i) {
      const auto name = "other-" + std::to_string(i);
      s.all.gauge("scaleit_replicas", name);
      if (i % 2 == round % 2) s.all.remove_gauge("scaleit_replicas", name);
    }
    check_whole(read_chunks(c), 20'000);
  }
}

TEST_CASE("who leaves in the middle of a scrape is let go") {
  scraped s;
  s.add(200'000);
  {
    raw_client c{s.server.port(), false, 4096};
    c.send(get);
    c.read_head();
    CHECK(s.server.streams() == 1);
  }
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{5};
  while (s.server.streams() > 0 && std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
  CHECK(s.server.streams() == 0);
}
