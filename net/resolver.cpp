#include "net/resolver.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <mutex>
#include <netdb.h>
#include <sys/socket.h>
#include <system_error>
#include <thread>

namespace scaleit::net {

namespace asio = boost::asio;

namespace {

asio::ip::address to_address(const addrinfo& a) {
  asio::ip::tcp::endpoint e;
  std::memcpy(e.data(), a.ai_addr, std::min<std::size_t>(a.ai_addrlen, e.capacity()));
  return e.address();
}

/// First one of the family the system prefers, then the families in turn.
void interleave(std::vector<asio::ip::address>& all) {
  if (all.empty()) return;
  const bool v6_first = all.front().is_v6();
  std::vector<asio::ip::address> first, second;
  for (const auto& a : all) (a.is_v6() == v6_first ? first : second).push_back(a);
  all.clear();
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) all.push_back(first[i]);
    if (i < second.size()) all.push_back(second[i]);
  }
  if (all.size() > bounds::addresses_per_name_max)
    all.resize(bounds::addresses_per_name_max);
}

/// "localhost" and the names below it, as full names too.
bool is_localhost(std::string_view host) {
  constexpr std::string_view name = "localhost";
  if (host.ends_with('.')) host.remove_suffix(1);
  if (!host.ends_with(name)) return false;
  host.remove_suffix(name.size());
  return host.empty() || host.ends_with('.');
}

resolved ask_system(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  resolved out;
  if (const int e = ::getaddrinfo(host.c_str(), nullptr, &hints, &found); e != 0) {
    out.error =
        e == EAI_SYSTEM ? std::generic_category().message(errno) : ::gai_strerror(e);
    return out;
  }
  for (const auto* a = found; a != nullptr; a = a->ai_next)
    if (a->ai_family == AF_INET || a->ai_family == AF_INET6)
      out.addresses.push_back(to_address(*a));
  ::freeaddrinfo(found);
  interleave(out.addresses);
  if (out.addresses.empty()) out.error = "the name has no address";
  return out;
}

}  // namespace

resolved or_loopback(const std::string& host, resolved answer) {
  if (!answer.addresses.empty() || !is_localhost(host)) return answer;
  return {{asio::ip::address_v4::loopback(), asio::ip::address_v6::loopback()}, {}};
}

resolved system_lookup(const std::string& host) {
  return or_loopback(host, ask_system(host));
}

/// What the threads hold on to; outlives the resolver while a lookup hangs.
class resolver::workers : public std::enable_shared_from_this<workers> {
 public:
  workers(asio::io_context& io, resolver& owner, lookup_function lookup)
      : io_(&io), owner_(&owner), lookup_(std::move(lookup)) {}

  /// Null, or why it cannot.
  const char* enqueue(const std::string& host) {
    const std::lock_guard lock{mutex_};
    if (queue_.size() >= bounds::resolver_queue_max)
      return "too many names are being looked up";
    if (threads_ < bounds::resolver_threads_max) {
      try {
        std::thread{[self = shared_from_this()] { self->work(); }}.detach();
        ++threads_;
      } catch (const std::system_error&) {
        if (threads_ == 0) return "no thread can be started to look it up";
      }
    }
    queue_.push_back(host);
    return nullptr;
  }

  void abandon() {
    const std::lock_guard lock{mutex_};
    io_ = nullptr;
    owner_ = nullptr;
    queue_.clear();
  }

 private:
  void work() {
    std::unique_lock lock{mutex_};
    while (!queue_.empty()) {
      const auto host = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      auto answer = lookup_(host);
      lock.lock();
      // The loop outlives the resolver, which takes io_ away under this lock.
      if (io_)
        asio::post(*io_, [self = shared_from_this(), host, answer = std::move(answer)] {
          // Only the loop's thread clears owner_, and this is the loop's thread.
          if (self->owner_) self->owner_->on_answer(host, answer);
        });
    }
    --threads_;
  }

  std::mutex mutex_;
  asio::io_context* io_;
  resolver* owner_;
  lookup_function lookup_;
  std::deque<std::string> queue_;
  std::size_t threads_ = 0;
};

resolver::resolver(asio::io_context& io, lookup_function lookup)
    : workers_(std::make_shared<workers>(io, *this, std::move(lookup))) {}

resolver::~resolver() { workers_->abandon(); }

void resolver::resolve(const std::string& host, handler done) {
  if (const auto hit = cache_.find(host); hit != cache_.end()) {
    if (std::chrono::steady_clock::now() < hit->second.until) {
      const auto answer = hit->second.answer;  // `done` may forget it
      return done(answer);
    }
    cache_.erase(hit);
  }
  auto& waiting = waiting_[host];
  waiting.push_back(std::move(done));
  if (waiting.size() > 1) return;
  if (const char* why = workers_->enqueue(host)) on_answer(host, {{}, why});
}

void resolver::forget(const std::string& host) { cache_.erase(host); }

void resolver::on_answer(const std::string& host, const resolved& answer) {
  const auto found = waiting_.find(host);
  if (found == waiting_.end()) return;
  const auto handlers = std::move(found->second);
  waiting_.erase(found);
  if (!answer.addresses.empty()) remember(host, answer);
  // A handler may destroy the resolver: only locals from here on.
  for (const auto& done : handlers) done(answer);
}

void resolver::remember(const std::string& host, const resolved& answer) {
  const auto now = std::chrono::steady_clock::now();
  if (cache_.size() >= bounds::resolver_cache_max)
    std::erase_if(cache_, [&](const auto& entry) { return entry.second.until <= now; });
  if (cache_.size() >= bounds::resolver_cache_max) cache_.clear();
  cache_.insert_or_assign(host, cached{answer, now + bounds::resolver_cache_time});
}

}  // namespace scaleit::net
