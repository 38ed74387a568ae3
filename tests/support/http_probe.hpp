// A very small blocking HTTP client, of another make than the one under test: one
// request, one answer, the connection closed. For looking at what servers of ours
// say to the outside.
#pragma once

#include <arpa/inet.h>
#include <cstdint>
#include <cstdlib>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace scaleit::test {

struct probe_answer {
  int status = 0;  ///< 0: no answer, or none in time
  std::string head;
  std::string body;
  bool has(std::string_view field) const { return head.find(field) != std::string::npos; }
};

/// A connected socket to 127.0.0.1, or -1. Each read and write takes `seconds` at most.
inline int connect_to(std::uint16_t port, long seconds = 5) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{seconds, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_port = htons(port);
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&a), sizeof a) == 0) return fd;
  ::close(fd);
  return -1;
}

inline bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

/// Sends `request` as it is and reads until the server closes.
inline probe_answer ask(std::uint16_t port, std::string_view request, long seconds = 5) {
  probe_answer a;
  const int fd = connect_to(port, seconds);
  if (fd < 0) return a;
  std::string in;
  char some[16 * 1024];
  if (send_all(fd, request))
    for (auto n = ::recv(fd, some, sizeof some, 0); n > 0;
         n = ::recv(fd, some, sizeof some, 0))
      in.append(some, static_cast<std::size_t>(n));
  ::close(fd);
  const auto end = in.find("\r\n\r\n");
  if (end == std::string::npos) return a;
  a.head = in.substr(0, end + 2);
  a.body = in.substr(end + 4);
  a.status = a.head.size() > 9 ? std::atoi(a.head.c_str() + 9) : 0;
  return a;
}

/// `headers`: whole lines, each with its end.
inline probe_answer request(const std::string& method, std::uint16_t port,
                            const std::string& path, const std::string& headers = "",
                            const std::string& body = "") {
  auto text = method + " " + path +
              " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers;
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return ask(port, text + "\r\n" + body);
}

inline probe_answer get(std::uint16_t port, const std::string& path,
                        const std::string& headers = "") {
  return request("GET", port, path, headers);
}

}  // namespace scaleit::test
