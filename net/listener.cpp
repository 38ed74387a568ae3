#include "net/listener.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace scaleit::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::string_view unix_prefix = "unix:";

error_code last_error() { return {errno, boost::system::system_category()}; }

/// Of two who start at once one looks and replaces after the other. Whoever cannot have
/// the lock within a moment goes on without.
class directory_lock {
 public:
  explicit directory_lock(const std::string& file) {
    const auto slash = file.rfind('/');
    const auto directory = slash == std::string::npos ? "." : file.substr(0, slash + 1);
    fd_ = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (int i = 0; fd_ >= 0 && i < 50 && ::flock(fd_, LOCK_EX | LOCK_NB) != 0; ++i)
      ::poll(nullptr, 0, 10);
  }
  ~directory_lock() {
    if (fd_ >= 0) ::close(fd_);
  }
  directory_lock(const directory_lock&) = delete;
  directory_lock& operator=(const directory_lock&) = delete;

 private:
  int fd_;
};

}  // namespace

listener::listener(asio::io_context& io, const std::string& address, std::uint16_t port,
                   mode_t unix_mode)
    : io_(io), acceptor_(io) {
  const bool is_unix = address.starts_with(unix_prefix);
  if (is_unix) path_ = address.substr(unix_prefix.size());
  const auto ec = is_unix ? open_unix(unix_mode) : open_tcp(address, port);
  if (!ec) return;
  close();
  throw std::system_error(
      static_cast<std::error_code>(ec),
      is_unix ? fmt::format("cannot listen on {}", address)
              : fmt::format("cannot listen on {} port {}", address, port));
}

listener::~listener() { close(); }

void listener::close() noexcept {
  error_code ec;
  acceptor_.close(ec);
  if (file_.st_ino == 0) return;
  struct stat now {};  // somebody else's may be there by now
  if (::lstat(path_.c_str(), &now) == 0 && now.st_dev == file_.st_dev &&
      now.st_ino == file_.st_ino)
    ::unlink(path_.c_str());
  file_ = {};
}

error_code listener::open_tcp(const std::string& address, std::uint16_t port) {
  error_code ec;
  const asio::ip::tcp::endpoint at(asio::ip::make_address(address, ec), port);
  if (ec) return ec;
  acceptor_.open(at.protocol(), ec);
  if (!ec) acceptor_.set_option(asio::socket_base::reuse_address(true), ec);
  if (!ec) acceptor_.bind(at, ec);
  if (!ec) acceptor_.listen(asio::socket_base::max_listen_connections, ec);
  if (!ec) port_ = port_of(acceptor_.local_endpoint(ec));
  return ec;
}

// -- unix sockets ---------------------------------------------------------

error_code listener::open_unix(mode_t mode) {
  if (!is_unix_path(path_))
    return path_.size() > unix_path_bytes_max
               ? asio::error::make_error_code(asio::error::name_too_long)
               : asio::error::invalid_argument;
  error_code ec;
  acceptor_.open(asio::local::stream_protocol(), ec);
  if (ec) return ec;
  // Before there is a file: the system makes it with no more rights than the socket has.
  if (::fchmod(acceptor_.native_handle(), mode) != 0) return last_error();
  const directory_lock alone(path_);
  ec = bind_unix();
  if (ec == asio::error::address_in_use && is_stale()) {
    ::unlink(path_.c_str());
    ec = bind_unix();
  }
  if (ec) return ec;
  if (::lstat(path_.c_str(), &file_) != 0) return last_error();
  // What the process's umask took away of them is given back.
  if ((file_.st_mode & 07777) != mode && ::chmod(path_.c_str(), mode) != 0)
    return last_error();
  acceptor_.listen(asio::socket_base::max_listen_connections, ec);
  return ec;
}

error_code listener::bind_unix() {
  error_code ec;
  acceptor_.bind(asio::local::stream_protocol::endpoint(path_), ec);
  return ec;
}

/// A socket's file that nobody listens at. Of one that we may not ask it is not known.
bool listener::is_stale() const {
  struct stat s {};
  if (::lstat(path_.c_str(), &s) != 0 || !S_ISSOCK(s.st_mode)) return false;
  asio::local::stream_protocol::socket probe(io_);
  error_code ec;
  probe.open({}, ec);
  if (!ec) probe.non_blocking(true, ec);
  return !ec && connect_unix(probe, path_) == asio::error::connection_refused;
}

}  // namespace scaleit::net
