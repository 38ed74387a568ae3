// The HTTP server at a unix socket, and our client there.
#include "tests/net/client_fixture.hpp"
#include "tests/net/raw_client.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <vector>

using namespace scaleit;
using namespace scaleit::net;
using namespace scaleit::test;

namespace {

void tell_remote(server_request&& q, responder r) {
  r.send({200, {}, q.remote + q.path, {}});
}

http_request over_socket(const std::string& socket, const std::string& path) {
  http_request r;
  r.url = "http://localhost" + path;
  r.unix_socket = socket;
  return r;
}

/// A socket's file of one who died.
void leave_behind(const std::string& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un a{};
  a.sun_family = AF_UNIX;
  path.copy(a.sun_path, sizeof a.sun_path - 1);
  REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&a), sizeof a) == 0);
  ::close(fd);
}

std::error_code listen_error(const std::string& path) {
  event_loop loop;
  try {
    http_server s(loop, {.address = "unix:" + path}, tell_remote);
  } catch (const std::system_error& e) {
    CHECK_THAT(e.what(), StartsWith("cannot listen on unix:" + path + ": "));
    return e.code();
  }
  return {};
}

mode_t mode_of(const std::string& path) {
  struct stat s {};
  return ::lstat(path.c_str(), &s) == 0 ? s.st_mode & 07777 : 0;
}

}  // namespace

TEST_CASE("a unix socket is a listener as any other, for its owner alone") {
  const temporary_directory d;
  const auto path = d.file("a.sock");
  {
    server_thread s(tell_remote, {.address = "unix:" + path});
    CHECK(mode_of(path) == 0600);
    raw_client c(path);
    CHECK(c.ask(get).body == "unix/x");
    CHECK(c.ask(get).body == "unix/x");
    CHECK(s.connections() == 1);
  }
  CHECK_FALSE(std::filesystem::exists(path));
  server_thread open(tell_remote, {.address = "unix:" + path, .unix_mode = 0666});
  CHECK(mode_of(path) == 0666);
}

TEST_CASE("our client asks at unix sockets, and shares connections by their paths") {
  const temporary_directory d;
  const auto a = d.file("a"), b = d.file("b");
  server_thread sa(
      [](server_request&& q, responder r) {
        if (q.path == "/away") return r.send({302, {}, {}, {{"Location", "/x"}}});
        r.send({200, {}, "a" + q.path, {}});
      },
      {.address = "unix:" + a});
  server_thread sb(tell_remote, {.address = "unix:" + b});
  client_fixture f;
  check_ok(f.send(over_socket(a, "/1")), "a/1");
  check_ok(f.send(over_socket(a, "/2")), "a/2");
  check_ok(f.send(over_socket(b, "/3")), "unix/3");
  check_ok(f.send(over_socket(a, "/away")), "a/x");
  CHECK(sa.connections() == 1);
  CHECK(f.client->stats().connections_open == 2);
  sb.stop();
  check_failed(f.send(over_socket(b, "/")), failure_kind::connect,
               "cannot connect to unix:" + b + ": No such file or directory");
  leave_behind(b);
  check_failed(f.send(over_socket(b, "/")), failure_kind::connect,
               "connection refused by unix:" + b);
}

TEST_CASE("a client waits for a listener that has no time, but not for ever") {
  const temporary_directory d;
  const auto path = d.file("busy");
  event_loop idle;  // which accepts nobody
  http_server s(idle, {.address = "unix:" + path}, tell_remote);
  std::vector<std::unique_ptr<raw_client>> queue;
  const int backlog = 4096;  // the system's own limit
  std::size_t connected = 0;
  for (int i = 0; i <= backlog; ++i) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    sockaddr_un a{};
    a.sun_family = AF_UNIX;
    path.copy(a.sun_path, sizeof a.sun_path - 1);
    const bool full = ::connect(fd, reinterpret_cast<const sockaddr*>(&a), sizeof a) != 0;
    ::close(fd);
    if (full) break;
    ++connected;
  }
  if (connected > backlog) return;  // its backlog is larger
  client_options o;
  o.connect_timeout = 100ms;
  client_fixture f(o);
  auto r = over_socket(path, "/");
  check_failed(f.send(r), failure_kind::timeout, "no connection to unix:" + path);
}

TEST_CASE("the file of one who died is replaced, that of another is not") {
  const temporary_directory d;
  const auto path = d.file("s");
  leave_behind(path);
  {
    server_thread s(tell_remote, {.address = "unix:" + path});
    CHECK(listen_error(path) == std::errc::address_in_use);
    raw_client c(path);
    CHECK(c.ask(get).status == 200);  // and the one who lives is not disturbed
    std::filesystem::remove(path);
    leave_behind(path);  // by now it is somebody else's
  }
  CHECK(std::filesystem::exists(path));
  const auto text = d.file("text");
  std::ofstream(text) << "kept";
  CHECK(listen_error(text) == std::errc::address_in_use);
  CHECK(std::filesystem::file_size(text) == 4);
}

TEST_CASE("a path that no socket can have is refused") {
  const temporary_directory d;
  CHECK(listen_error("/tmp/" + std::string(110, 'x')) == std::errc::filename_too_long);
  CHECK(listen_error(d.file("no/such")) == std::errc::no_such_file_or_directory);
  CHECK(listen_error("") == std::errc::invalid_argument);
}
