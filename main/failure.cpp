#include "main/failure.hpp"

#include "messages/text.hpp"

#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <new>
#include <sys/resource.h>
#include <system_error>

namespace scaleit::main {

namespace {

/// The system's error number, if it is one's; else 0.
int error_number(const std::exception& e) {
  if (const auto* ours = dynamic_cast<const std::system_error*>(&e))
    return ours->code().default_error_condition().category() == std::generic_category()
               ? ours->code().default_error_condition().value()
               : 0;
  if (const auto* asio = dynamic_cast<const boost::system::system_error*>(&e))
    return asio->code().category() == boost::system::system_category()
               ? asio->code().value()
               : 0;
  return dynamic_cast<const std::bad_alloc*>(&e) != nullptr ? ENOMEM : 0;
}

std::string files_allowed() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return "the limit";
  return fmt::format("at most {}", files.rlim_cur);
}

}  // namespace

std::string failure_sentence(const std::exception& e) {
  switch (error_number(e)) {
    case EAGAIN:
      return "no thread can be started: the limit on processes and threads is reached "
             "(ulimit -u, or a container's pids limit), or that on memory (ulimit -v)";
    case EMFILE:
      return fmt::format("too many open files: {} may be open (ulimit -n)",
                         files_allowed());
    case ENFILE:
      return "too many open files in the whole system (fs.file-max)";
    case ENOMEM:
      return "out of memory (ulimit -v, or a container's memory limit)";
    default:
      return printable(e.what(), 400);
  }
}

}  // namespace scaleit::main
