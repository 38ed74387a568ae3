// What an application may do to a poll, and what must come of it.
#include "tests/e2e/weather_stage.hpp"
#include "tests/support/catch.hpp"

#include <fmt/format.h>

#include <chrono>
#include <thread>

using namespace scaleit::e2e;

namespace {

using namespace std::chrono_literals;

std::string repeated(const std::string& what, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += what;
  return all;
}

/// With a head of this and the document.
trick with_head(const std::string& head, bool goes_on = true) {
  return [=](peer& p, const std::string& document) {
    return p.send(head + document) && goes_on;
  };
}

trick redirect(const std::string& status, const std::string& location) {
  return bytes("HTTP/1.1 " + status + " Moved\r\nLocation: " + location +
               "\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\ngone");
}

/// Sends `chunk` until the client has enough of it.
trick without_end(const std::string& begin, const std::string& chunk,
                  std::chrono::milliseconds pause = 0ms) {
  return [=](peer& p, const std::string&) {
    bool more = p.send(begin);
    while (more) {
      more = p.send(chunk);
      std::this_thread::sleep_for(pause);
    }
    return false;
  };
}

std::string status(const std::string& utilisation, const std::string& replicas) {
  return R"({"cpu":{"highPriority":)" + utilisation + R"(},"replicas":)" + replicas + "}";
}

}  // namespace

TEST_CASE("a good status is understood, however it is dressed", "[weather_get]") {
  const std::string json = "Content-Type: application/json\r\n";
  check_polls({
      {"slow", 2, 0,
       [](peer& p, const std::string& d) {
         std::this_thread::sleep_for(350ms);
         return p.send(status_answer(d));
       },
       true},
      {"byte by byte", 2, 0,
       [](peer& p, const std::string& d) {
         p.send_bytewise(status_answer(d));
         return true;
       },
       true},
      {"chunked, with extensions and a trailer", 2, 0,
       [](peer& p, const std::string& d) {
         std::string answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
         for (const char c : d)
           answer += "1;why=\"because\"\r\n" + std::string{c} + "\r\n";
         return p.send(answer + "0\r\nX-Trailer: 1\r\n\r\n");
       },
       true},
      {"HTTP/1.0, as long as it lasts", 2, 0, with_head("HTTP/1.0 200 OK\r\n\r\n", false),
       true},
      {"as long as it lasts", 2, 0,
       with_head("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", false), true},
      {"after a redirect", 2, 0, redirect("302", "/elsewhere"), true},
      {"after a permanent redirect", 2, 0, redirect("308", "elsewhere/../../elsewhere"),
       true},
      {"closed after each answer, as announced", 3, 0,
       [](peer& p, const std::string& d) {
         p.send(status_answer(d, "Connection: close\r\n"));
         return false;
       },
       true},
      {"closed after each answer, without a word", 3, 0,
       [](peer& p, const std::string& d) {
         p.send(status_answer(d));
         return false;
       },
       true},
      {"with LF alone and without a reason", 2, 0,
       [](peer& p, const std::string& d) {
         return p.send("HTTP/1.1 200\nContent-Length: " + std::to_string(d.size()) +
                       "\n\n" + d);
       },
       true},
      {"with a length beside padded chunks", 2, 0,
       [](peer& p, const std::string& d) {
         return p.send(
             fmt::format("HTTP/1.1 200 OK\r\n: nameless\r\nContent-Length: 1\r\n"
                         "Transfer-Encoding: chunked\r\n\r\n{:08x}  \r\n{}\r\n"
                         "0  \r\n\r\n",
                         d.size(), d));
       },
       true},
      {"of another content type", 2, 0,
       [](peer& p, const std::string& d) {
         return p.send(
             scaleit::test::ok(d, "Content-Type: text/html; charset=iso-8859-1\r\n"));
       },
       true},
      {"with bytes above 127 in the head", 2, 0,
       [](peer& p, const std::string& d) {
         return p.send(status_answer(d, "X-Name: \xff\xfe\xe9\r\n"));
       },
       true},
      {"with more than we asked for", 2, 0,
       [](peer& p, const std::string& d) {
         return p.send(
             status_answer(" \r\n\t{\"a\":[{},[1e99,null]],\"\":\"\\ud83d\\ude00\"," +
                           d.substr(1) + "\n\n"));
       },
       true},
      {"with bytes that are no UTF-8 beside what is read", 2, 0,
       [](peer& p, const std::string& d) {
         return p.send(status_answer("{\"\xff\xfe\":\"\xc3\x28\"," + d.substr(1)));
       },
       true},
      {"with the replicas as text", 2, 0,
       [](peer& p, const std::string& d) {
         auto quoted = d;  // ...,"replicas":10}
         quoted.insert(quoted.rfind(':') + 1, "\"").insert(quoted.size() - 1, "\"");
         return p.send(status_answer(quoted));
       },
       true},
      {"with a byte order mark", 2, 0,
       [](peer& p, const std::string& d) {
         return p.send(status_answer("\xEF\xBB\xBF" + d));
       },
       true},
      {"after an early hint", 2, 0,
       [](peer& p, const std::string& d) {
         return p.send("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" +
                       status_answer(d));
       },
       true},
  });
}

TEST_CASE("a poll that fails is counted once and changes nothing", "[weather_get]") {
  check_polls({
      {"500", 3, 3, bytes("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")},
      {"503 with a good document", 2, 2,
       [](peer& p, const std::string&) {
         const auto d = status("9", "10");
         return p.send("HTTP/1.1 503 Busy\r\nContent-Length: " +
                       std::to_string(d.size()) + "\r\n\r\n" + d);
       }},
      {"404", 1, 1, bytes("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")},
      {"204", 2, 2, bytes("HTTP/1.1 204 No Content\r\n\r\n")},
      {"a reset", 3, 3,
       [](peer& p, const std::string&) {
         p.reset();
         return false;
       }},
      {"the end without an answer", 3, 3,
       [](peer&, const std::string&) { return false; }},
      {"half a status line", 2, 2, bytes("HTTP/1.1 2", false)},
      {"half a head", 2, 2, bytes("HTTP/1.1 200 OK\r\nContent-Le", false)},
      {"half a body", 2, 2,
       bytes("HTTP/1.1 200 OK\r\nContent-Length: 44\r\n\r\n{\"cpu\":{\"highPri", false)},
      {"half a chunk", 2, 2,
       bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{\"cpu\"",
             false)},
      {"a redirect in circles", 2, 2, redirect("302", "/loop")},
      {"a redirect to a file", 2, 2, redirect("301", "file:///etc/passwd")},
      {"a redirect without a place", 2, 2,
       bytes("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")},
      {"a redirect to where nobody is", 2, 2, redirect("302", "http://127.0.0.1:1/")},
  });
}

TEST_CASE("bytes that are no HTTP are failures like any other", "[weather_get]") {
  const std::string end = "\r\n\r\n";
  check_polls({
      {"babble", 2, 2, bytes("\x16\x03\x01\x02 what?" + end, false)},
      {"another protocol", 2, 2, bytes("SSH-2.0-OpenSSH_9.2\r\n", false)},
      {"an unknown version", 2, 2,
       bytes("HTTP/9.9 200 OK\r\nContent-Length: 2" + end + "{}", false)},
      {"a status that is none", 2, 2,
       bytes("HTTP/1.1 banana OK\r\nContent-Length: 2" + end + "{}", false)},
      {"a negative length", 2, 2,
       bytes("HTTP/1.1 200 OK\r\nContent-Length: -5" + end, false)},
      {"two lengths", 2, 2,
       bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3" + end + "{} ",
             false)},
      {"a chunk size that is none", 2, 2,
       bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked" + end + "zz\r\n{}\r\n",
             false)},
      {"a head without end", 1, 1,
       without_end("HTTP/1.1 200 OK\r\n",
                   "X-Header: " + std::string(1000, 'x') + "\r\n")},
      {"a status line without end", 1, 1,
       without_end("HTTP/1.1 200 ", std::string(1000, 'O'))},
      {"hints without end", 1, 1, without_end("", "HTTP/1.1 103 Early Hints\r\n\r\n")},
      {"a body said to be huge", 1, 1,
       without_end("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
                   std::string(65536, ' '))},
      {"chunks without end", 1, 1,
       without_end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                   "10000\r\n" + std::string(0x10000, ' ') + "\r\n")},
      {"a body without end", 1, 1,
       without_end("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
                   std::string(65536, '['))},
      {"a byte now and then", 1, 1, without_end("HTTP/1.1 200 OK\r\n", "X", 100ms)},
      {"silence", 1, 1,
       [](peer& p, const std::string&) {
         p.wait_until_closed();
         return false;
       }},
  });
}

TEST_CASE("a body that is no status is a failure like any other", "[weather_get]") {
  check_polls({
      {"nothing", 2, 2, body("")},
      {"a page", 2, 2, body("<!doctype html><title>Welcome</title>")},
      {"text behind the document", 2, 2, body(status("9", "10") + "x")},
      {"half a document", 2, 2, body(R"({"cpu":{"highPriority":9},"repl)")},
      {"a list", 2, 2, body("[1,2,3]")},
      {"a number", 2, 2, body("42")},
      {"a zero byte", 2, 2, body(status("9", "10") + std::string(1, '\0'))},
      {"deep lists", 2, 2, body(repeated("[", 100'000))},
      {"deep objects", 2, 2,
       body(repeated(R"({"a":)", 50'000) + "1" + repeated("}", 50'000))},
      {"replicas in words", 2, 2, body(status("9", "\"ten\""))},
      {"-1 replicas", 2, 2, body(status("9", "-1"))},
      {"2.5 replicas", 2, 2, body(status("9", "2.5"))},
      {"1e999 replicas", 2, 2, body(status("9", "1e999"))},
      {"more replicas than there are", 2, 2,
       body(status("9", "123456789012345678901234567890"))},
      {"no replicas", 2, 2, body(R"({"cpu":{"highPriority":9}})")},
      {"replicas that are null", 2, 2, body(status("9", "null"))},
  });
}

TEST_CASE("a status without a usable metric is a failure and changes nothing",
          "[weather_get]") {
  const auto unusable = [](const std::string& name, const std::string& document) {
    return weather{name, 2, 2, body(document), false, true};
  };
  check_polls({
      unusable("below zero", status("-0.5", "10")),
      unusable("NaN", status("NaN", "10")),
      unusable("1e999", status("1e999", "10")),
      unusable("Infinity", status("-Infinity", "10")),
      unusable("null", status("null", "10")),
      unusable("a word", status("\"high\"", "10")),
      unusable("NaN as text", status("\"NaN\"", "10")),
      unusable("an object", status("{}", "10")),
      unusable("true", status("true", "10")),
      unusable("none", R"({"cpu":{},"replicas":10})"),
      unusable("cpu is a number", R"({"cpu":9,"replicas":10})"),
  });
}

TEST_CASE("an application with 0 replicas is switched off and left alone",
          "[weather_get]") {
  check_polls({{"0 replicas", 5, 0, body(status("9", "0"))}});
}
