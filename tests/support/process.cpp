#include "tests/support/process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sstream>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace scaleit::test {

namespace {

constexpr int pipe_bytes = 4096;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

int open_file(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (fd < 0) fail(path);
  return fd;
}

/// For exec: pointers to `strings`, and a null.
std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> p;
  for (auto& s : strings) p.push_back(s.data());
  p.push_back(nullptr);
  return p;
}

std::vector<std::string> environment_of(const process_options& o) {
  auto all = o.environment;
  for (const char* name :
       {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"})
    if (const char* value = std::getenv(name)) all.emplace(name, value);
  std::vector<std::string> out;
  for (const auto& [name, value] : all) out.push_back(name + "=" + value);
  return out;
}

}  // namespace

// -- temporary_directory --------------------------------------------------

temporary_directory::temporary_directory() {
  auto name = (std::filesystem::temp_directory_path() / "scaleit-").string() +
              std::string(6, 'X');
  if (::mkdtemp(name.data()) == nullptr) fail(name);
  path_ = name;
}

temporary_directory::~temporary_directory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string temporary_directory::write(const std::string& name,
                                       std::string_view text) const {
  const auto file = path_ / name;
  std::ofstream{file, std::ios::binary}.write(text.data(),
                                              static_cast<std::streamsize>(text.size()));
  return file.string();
}

// -- process --------------------------------------------------------------

process::process(const process_options& o) {
  auto command = o.command;
  auto environment = environment_of(o);
  // All that allocates is done before the fork: other threads may hold the heap's lock.
  const auto argv = pointers(command);
  const auto envp = pointers(environment);
  const auto directory = o.directory.string();
  const int in = open_file(o.stdin_file, O_RDONLY);
  const int out =
      open_file((files_.path() / "out").string(), O_WRONLY | O_CREAT | O_APPEND);
  int err = -1;
  if (o.errors == stderr_to::file) {
    err = open_file((files_.path() / "err").string(), O_WRONLY | O_CREAT | O_APPEND);
  } else {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe");
    pipe_ = ends[0];
    err = ends[1];
    ::fcntl(err, F_SETPIPE_SZ, pipe_bytes);
  }

  // Until the child has none of the test's handlers, signals wait.
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  id_ = ::fork();
  if (id_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int s = 1; s < NSIG; ++s) ::signal(s, SIG_DFL);
    ::sigemptyset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
    ::dup2(in, 0);
    ::dup2(out, 1);
    ::dup2(err, 2);
    if (::chdir(directory.c_str()) == 0) ::execve(argv[0], argv.data(), envp.data());
    ::_exit(127);
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (id_ < 0) fail("fork");
  for (const int fd : {in, out, err}) ::close(fd);
}

process::~process() {
  if (!ended_) {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  close_pipe();
}

void process::signal(int number) const {
  if (!ended_) ::kill(id_, number);
}

std::optional<int> process::wait(std::chrono::milliseconds within) {
  eventually(
      [this] {
        int status = 0;
        if (!ended_ && ::waitpid(id_, &status, WNOHANG) == id_)
          ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        return ended_.has_value();
      },
      within);
  return ended_;
}

std::string process::out() const { return text_of(files_.path() / "out"); }
std::string process::err() const { return text_of(files_.path() / "err"); }

std::string process::read_pipe() const {
  std::string text(pipe_bytes, '\0');
  const auto n = ::read(pipe_, text.data(), text.size());
  text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return text;
}

void process::close_pipe() {
  if (pipe_ >= 0) ::close(pipe_);
  pipe_ = -1;
}

std::string process::proc_file(const char* name) const {
  return text_of(std::filesystem::path{"/proc"} / std::to_string(id_) / name);
}

double process::cpu_seconds() const {
  // The name, in parentheses, may hold spaces; utime and stime are fields 14 and 15.
  const auto stat = proc_file("stat");
  std::istringstream rest{stat.substr(stat.rfind(')') + 1)};
  std::vector<std::string> fields{std::istream_iterator<std::string>{rest}, {}};
  if (fields.size() < 13) return 0;
  return (std::stod(fields[11]) + std::stod(fields[12])) /
         static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::size_t process::resident_bytes() const {
  std::istringstream statm{proc_file("statm")};
  std::size_t total = 0, resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// -- text -----------------------------------------------------------------

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::size_t count_of(std::string_view what, std::string_view text) {
  std::size_t n = 0;
  for (auto at = text.find(what); at != std::string_view::npos;
       at = text.find(what, at + what.size()))
    ++n;
  return n;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace scaleit::test
