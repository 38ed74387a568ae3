// What an application may do to a PUT, and what must come of it.
#include "tests/e2e/weather_stage.hpp"
#include "tests/support/catch.hpp"

#include <chrono>
#include <thread>

using namespace scaleit::e2e;

namespace {

using namespace std::chrono_literals;

bool never_answers(peer& p, const std::string&) {
  p.wait_until_closed();
  return false;
}

}  // namespace

TEST_CASE("a PUT that was applied but never answered is not repeated", "[weather_put]") {
  check_puts({
      {"applied, then silence", 1, 1, never_answers, true},
      {"applied, then a reset", 1, 1, resets, true},
      {"applied, then the end", 1, 1, [](peer&, const std::string&) { return false; },
       true},
      {"applied, then half a status line", 1, 1, bytes("HTTP/1.1 20", false), true},
      {"applied, then half a head", 1, 1, bytes("HTTP/1.1 204 No Content\r\nDate", false),
       true},
      {"applied, then a 500", 1, 1,
       bytes("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"), true},
      {"applied, then babble", 1, 1,
       bytes("\x16\x03\x01\x02 no HTTP at all\r\n\r\n", false), true},
  });
}

TEST_CASE("a PUT that was refused is asked for again by the next poll", "[weather_put]") {
  check_puts({
      {"500", 2, 2, bytes("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")},
      {"503 and the end", 3, 3,
       bytes("HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbusy",
             false)},
      {"400 with a reason", 2, 2,
       bytes("HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\n"
             "Content-Length: 18\r\n\r\n{\"detail\":\"\xff\xfe no\"}")},
      {"404", 1, 1, bytes("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")},
      {"409", 1, 1, bytes("HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\n\r\n")},
      {"a redirect that would lose the method", 2, 2,
       bytes("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")},
      {"a reset", 2, 2, resets},
      {"the end", 2, 2, [](peer&, const std::string&) { return false; }},
      {"silence", 1, 1, never_answers},
  });
}

TEST_CASE("any 2xx is a PUT's success, however it is dressed", "[weather_put]") {
  check_puts({
      {"200 with a body", 1, 0, bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
       true},
      {"201", 1, 0, bytes("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"), true},
      {"202 in chunks", 1, 0,
       bytes("HTTP/1.1 202 Accepted\r\nTransfer-Encoding: "
             "chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
       true},
      {"HTTP/1.0", 1, 0, bytes("HTTP/1.0 200 OK\r\n\r\nfine", false), true},
      {"after a 100 Continue", 1, 0,
       bytes("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"), true},
      {"byte by byte", 1, 0,
       [](peer& p, const std::string&) {
         p.send_bytewise("HTTP/1.1 204 No Content\r\nX-Long: yes\r\n\r\n");
         return true;
       },
       true},
      {"slowly", 1, 0,
       [](peer& p, const std::string&) {
         std::this_thread::sleep_for(500ms);
         return p.send("HTTP/1.1 204 No Content\r\n\r\n");
       },
       true},
      {"with half a body", 1, 0,
       bytes("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"a\"", false), true},
      {"with a body that is announced too long", 1, 0,
       bytes("HTTP/1.1 202 Accepted\r\nContent-Length: 99999999\r\n\r\n", false), true},
      {"with a body without end", 1, 0,
       [](peer& p, const std::string&) {
         p.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
         const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
         while (p.send(chunk)) {
         }
         return false;
       },
       true},
      {"with a body that does not come", 1, 0,
       [](peer& p, const std::string&) {
         p.send("HTTP/1.1 200 OK\r\n\r\n");
         p.wait_until_closed();
         return false;
       },
       true},
      {"and the end", 1, 0, bytes("HTTP/1.1 204 No Content\r\n\r\n", false), true},
  });
}
