// Preloaded into the daemon: names come from the file that HOSTS_FROM_FILE names
// (one address a line, for whatever name is asked), read anew for each lookup. So
// a test can move an application to another address without touching the machine.
#include <arpa/inet.h>
#include <cstdlib>
#include <fstream>
#include <netdb.h>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>

namespace {

struct entry {
  addrinfo info{};
  sockaddr_in address{};
};

}  // namespace

extern "C" int getaddrinfo(const char*, const char*, const addrinfo*, addrinfo** found) {
  *found = nullptr;
  const char* file = std::getenv("HOSTS_FROM_FILE");
  std::ifstream in{file ? file : ""};
  addrinfo** last = found;
  for (std::string line; std::getline(in, line);) {
    auto* e = new entry;
    e->address.sin_family = AF_INET;
    if (inet_pton(AF_INET, line.c_str(), &e->address.sin_addr) != 1) {
      delete e;
      continue;
    }
    e->info.ai_family = AF_INET;
    e->info.ai_socktype = SOCK_STREAM;
    e->info.ai_protocol = IPPROTO_TCP;
    e->info.ai_addrlen = sizeof e->address;
    e->info.ai_addr = reinterpret_cast<sockaddr*>(&e->address);
    *last = &e->info;
    last = &e->info.ai_next;
  }
  return *found ? 0 : EAI_NONAME;
}

extern "C" void freeaddrinfo(addrinfo* list) noexcept {
  while (list) {
    auto* next = list->ai_next;
    delete reinterpret_cast<entry*>(list);  // `info` is its first member
    list = next;
  }
}
