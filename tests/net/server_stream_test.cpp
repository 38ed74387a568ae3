// Answers written piece by piece, against real clients: quick and slow.
#include "net/server.hpp"
#include "tests/net/raw_client.hpp"
#include "tests/net/stream_fixture.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

using namespace scaleit;
using namespace scaleit::net;
using namespace scaleit::test;
using namespace std::chrono_literals;

using outcome = stream_writer::outcome;

TEST_CASE("a stream comes in chunks, as it is written, and the connection goes on") {
  hub h;
  server_thread s(h.handler());
  raw_client c(s.port());
  c.send(get);
  const auto head = c.read_head();
  CHECK_THAT(head, StartsWith("HTTP/1.1 200 OK\r\n"));
  CHECK_THAT(head, ContainsSubstring("\r\nTransfer-Encoding: chunked\r\n"));
  CHECK_THAT(head, ContainsSubstring("\r\nContent-Type: text/event-stream\r\n"));
  CHECK_THAT(head, ContainsSubstring("\r\nX-A: b\r\n"));
  CHECK(head.find("Content-Length") == std::string::npos);
  auto& w = h.writer();
  CHECK(w.open());
  CHECK(w.write("one") == outcome::taken);
  CHECK(c.read_chunk() == "one");
  CHECK(w.write("") == outcome::taken);  // an empty chunk would be the last
  CHECK(w.write("two") == outcome::taken);
  CHECK(c.read_chunk() == "two");
  CHECK(s.streams() == 1);
  w.end();
  CHECK(w.write("three") == outcome::closed);
  CHECK_FALSE(w.open());
  CHECK(c.read_chunk().empty());
  CHECK(h.end() == stream_end::complete);
  CHECK(s.streams() == 0);
  c.send(get);
  CHECK_FALSE(c.read_head().empty());
  h.writer(1).write("again");
  h.writer(1).end();
  CHECK(c.read_chunk() == "again");
  CHECK(c.read_chunk().empty());
}

TEST_CASE("a request that was pipelined behind a stream has its turn after it") {
  hub h;
  server_thread s(h.handler());
  raw_client c(s.port());
  c.send(std::string(get) + get);
  CHECK_FALSE(c.read_head().empty());
  CHECK(h.writer().write("first") == outcome::taken);
  CHECK(c.read_chunk() == "first");
  CHECK(h.opened() == 1);
  h.writer().end();
  CHECK(c.read_chunk().empty());
  CHECK_FALSE(c.read_head().empty());
  h.writer(1).end();
  CHECK(c.read_chunk().empty());
}

TEST_CASE("for HTTP/1.0 a stream ends with the connection") {
  hub h;
  server_thread s(h.handler());
  raw_client c(s.port());
  c.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const auto head = c.read_head();
  CHECK_THAT(head, ContainsSubstring("\r\nConnection: close\r\n"));
  CHECK(head.find("chunked") == std::string::npos);
  h.writer().write("all ");
  h.writer().write("of it");
  h.writer().end();
  CHECK(c.read_until_close() == "all of it");
  CHECK(c.end() == 0);
}

TEST_CASE("HEAD gets the header of a stream, and its writer is closed") {
  hub h;
  server_thread s(h.handler());
  raw_client c(s.port());
  for (int i = 0; i < 2; ++i) {
    c.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK_THAT(c.read_head(), StartsWith("HTTP/1.1 200 OK\r\n"));
  }
  CHECK(h.writer(1).write("x") == outcome::closed);
  CHECK(s.streams() == 0);
  CHECK(h.ended() == 0);
}

TEST_CASE("thousands of small writes from other threads all arrive, in order") {
  hub h;
  server_thread s(h.handler());
  raw_client c(s.port());
  c.send(get);
  CHECK_FALSE(c.read_head().empty());
  auto& w = h.writer();
  constexpr int threads = 3, pieces = 20'000;
  std::vector<std::thread> writers;
  for (int t = 0; t < threads; ++t)
    writers.emplace_back([&w, t] {
      for (int i = 0; i < pieces; ++i)
        while (w.write(std::to_string(t) + " " + std::to_string(i) + "\n") ==
               outcome::full)
          std::this_thread::yield();
    });
  std::thread last([&] {
    for (auto& t : writers) t.join();
    w.end();
  });
  std::string all;
  for (auto chunk = c.read_chunk(); !chunk.empty(); chunk = c.read_chunk()) all += chunk;
  last.join();
  std::vector<int> next(threads);
  std::size_t lines = 0;
  bool ordered = true;
  for (std::size_t at = 0; at < all.size(); ++lines) {
    const auto end = all.find('\n', at);
    const auto t = static_cast<std::size_t>(all[at] - '0');
    ordered = ordered && std::stoi(all.substr(at + 2, end)) == next.at(t)++;
    at = end + 1;
  }
  CHECK(ordered);
  CHECK(lines == threads * pieces);
}

// -- slow clients ---------------------------------------------------------

TEST_CASE("a client that does not read costs one buffer, and is closed after a while") {
  hub h;
  h.options.buffer_bytes_max = 10'000;
  server_thread s(h.handler(), {.stall_timeout = 300ms});
  raw_client c(s.port(), false, 4096);
  c.send(get);
  auto& w = h.writer();
  CHECK(w.write(std::string(10'001, 'x')) == outcome::full);
  fill(w, std::string(5000, 'x'));
  CHECK(w.write(std::string(10'000, 'x')) == outcome::full);
  CHECK(h.end() == stream_end::stalled);
  CHECK(w.write("x") == outcome::closed);
  CHECK(s.connections() == 0);
}

TEST_CASE("a client that reads again is written to again, and the writer hears of room") {
  hub h;
  std::atomic<int> rooms = 0;
  h.options.buffer_bytes_max = 10'000;
  h.options.on_room = [&] { ++rooms; };
  server_thread s(h.handler(), {.stall_timeout = 1h});
  raw_client c(s.port(), false, 4096);
  c.send(get);
  auto& w = h.writer();
  auto taken = fill(w, std::string(1000, 'x'));
  const auto before = rooms.load();
  CHECK_FALSE(c.read_head().empty());
  std::size_t read = 0;
  // A unix socket holds so little that the last of it may be read before there is room.
  while (rooms == before && !(is_over("unix") && read >= taken)) {
    const auto chunk = c.read_chunk();
    REQUIRE_FALSE(chunk.empty());
    read += chunk.size();
  }
  while (w.write("end") == outcome::full) read += c.read_chunk().size();
  taken += 3;
  w.end();
  for (auto chunk = c.read_chunk(); !chunk.empty(); chunk = c.read_chunk())
    read += chunk.size();
  CHECK(read == taken);
  CHECK(h.end() == stream_end::complete);
}

TEST_CASE("a stream that is silent is not idle, whatever the time-outs") {
  hub h;
  const auto any = sat_out(20ms);
  server_thread s(h.handler(), {.read_timeout = any,
                                .write_timeout = any,
                                .stall_timeout = any,
                                .idle_timeout = any});
  raw_client c(s.port());
  c.send(get);
  CHECK_FALSE(c.read_head().empty());
  std::this_thread::sleep_for(4 * any);
  CHECK(h.writer().write("still here") == outcome::taken);
  CHECK(c.read_chunk() == "still here");
}
