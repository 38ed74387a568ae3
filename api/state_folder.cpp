#include "api/state_folder.hpp"

#include "messages/bounds.hpp"
#include "messages/file_stamp.hpp"
#include "messages/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <new>
#include <sys/file.h>
#include <sys/stat.h>
#include <utility>

namespace scaleit::api {

namespace {

namespace fs = std::filesystem;
using record::last_error;
using record::posix_file;

constexpr mode_t folder_mode = 0700;
constexpr int aside_max = 10'000;  ///< names that are tried for one file

bool is_full(const std::error_code& e) {
  return e == std::errc::no_space_on_device || e.value() == EDQUOT;
}

/// At most so many bytes and one more.
std::error_code read_some(const posix_file& file, std::size_t bytes_max,
                          std::string& text) {
  std::size_t length = 0;
  for (text.resize(bytes_max + 1); length < text.size();) {
    const auto n = ::read(file.fd(), text.data() + length, text.size() - length);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return last_error();
    if (n == 0) break;
    length += static_cast<std::size_t>(n);
  }
  text.resize(length);
  return {};
}

/// Nothing that may be wrong with the file.
bool is_shortage(const std::error_code& e) {
  return e == std::errc::too_many_files_open ||
         e == std::errc::too_many_files_open_in_system ||
         e == std::errc::not_enough_memory;
}

}  // namespace

/// Where directories cannot be synced, there is nothing to wait for.
std::error_code state_folder::sync_names(const fs::path& folder) {
  const posix_file names{folder, O_RDONLY | O_DIRECTORY};
  if (!names.is_open()) return last_error();
  if (::fsync(names.fd()) == 0 || errno == EINVAL || errno == EROFS) return {};
  return last_error();
}

// -- opening --------------------------------------------------------------

state_folder::state_folder(std::string directory, faults f)
    : directory_(std::move(directory)),
      targets_(fs::path{directory_} / "targets"),
      faults_(std::move(f)) {
  make();
  lock();
  probe();
}

void state_folder::refuse(std::string_view why) const {
  throw spec::input_error{
      fmt::format("the state folder '{}' cannot be used: {}; accepted: a directory that "
                  "can be created, read and written",
                  printable(directory_), why)};
}

void state_folder::make() {
  const fs::path folder{directory_};
  std::error_code error;
  if (folder.has_parent_path()) fs::create_directories(folder.parent_path(), error);
  if (error) refuse(error.message());
  for (const auto& f : {folder, targets_}) {
    const bool made = ::mkdir(f.c_str(), folder_mode) == 0;
    if (!made && errno != EEXIST) refuse(last_error().message());
    if (!fs::is_directory(f, error))
      refuse(error ? error.message() : f.string() + " is not a directory");
    // A parent that cannot be opened need not be synced: it was there before.
    if (made) sync_names(f.has_parent_path() ? f.parent_path() : fs::path{"."});
  }
}

void state_folder::lock() {
  posix_file file{fs::path{directory_} / "lock", O_RDWR | O_CREAT, file_mode};
  if (!file.is_open()) refuse(last_error().message());
  if (::flock(file.fd(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) refuse(last_error().message());
    throw state_locked{fmt::format("the state folder '{}' is used by another daemon",
                                   printable(directory_))};
  }
  lock_ = std::move(file);
}

/// Better now than with the first change. A full disk is no reason: what is there is
/// restored, and space comes back.
void state_folder::probe() {
  const auto path = path_of(fmt::format("{}probe", temporary_prefix));
  ::unlink(path.c_str());
  const posix_file file{path, O_WRONLY | O_CREAT | O_EXCL, file_mode};
  const auto error = file.is_open() ? std::error_code{} : last_error();
  if (error && !is_full(error)) refuse(error.message());
  ::unlink(path.c_str());
}

// -- reading --------------------------------------------------------------

restored_state state_folder::load() {
  restored_state out;
  std::vector<std::string> files;
  try {
    for (const auto& entry : fs::directory_iterator{targets_}) {
      auto name = entry.path().filename().string();
      if (name.starts_with(temporary_prefix) && !entry.is_directory())
        ::unlink(entry.path().c_str());
      else if (is_state_file(name))
        files.push_back(std::move(name));
    }
  } catch (const fs::filesystem_error& e) {
    refuse(e.code().message());
  }
  std::ranges::sort(files);
  for (const auto& file : files) read_one(file, out);
  if (!out.set_aside.empty()) sync_names(targets_);
  return out;
}

void state_folder::read_one(const std::string& file, restored_state& out) {
  const auto path = path_of(file);
  struct stat about {};
  if (::lstat(path.c_str(), &about) != 0) return;  // gone again
  if (S_ISLNK(about.st_mode)) return set_aside(file, "it is a symbolic link", out);
  if (const auto odd = oddity_of(about.st_mode); !odd.empty())
    return set_aside(file, fmt::format("it {}", odd), out);
  const posix_file in{path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW};
  std::string text;
  auto error = in.is_open() ? std::error_code{} : last_error();
  if (!error) error = read_some(in, bounds::state_file_bytes_max, text);
  if (is_shortage(error)) refuse(error.message());
  if (error)
    return set_aside(file, fmt::format("it cannot be read: {}", error.message()), out);
  if (text.size() > bounds::state_file_bytes_max)
    return set_aside(file,
                     fmt::format("it is larger than {} bytes, the most that is read",
                                 bounds::state_file_bytes_max),
                     out);
  auto read = read_state(text, file);
  if (const auto* why = std::get_if<std::string>(&read))
    return set_aside(file, *why, out);
  auto& found = std::get<state_change>(read);
  out.targets.insert_or_assign(std::move(found.name), std::move(found.what));
}

void state_folder::set_aside(const std::string& file, std::string_view why,
                             restored_state& out) {
  std::string to;
  const auto error = rename_aside(file, to);
  if (error) stuck_.insert(file);
  out.set_aside.push_back(fmt::format(
      "the state folder '{}' has a file that is no good, targets/{}: {}; {}",
      printable(directory_), printable(file), why,
      error
          ? fmt::format("it cannot be renamed ({}), and stays as it is", error.message())
          : fmt::format("it is not used, and is kept as {}", printable(to))));
}

/// To a name that is free: an older one that was set aside stays, too.
std::error_code state_folder::rename_aside(const std::string& file,
                                           std::string& to) const {
  for (int n = 1; n <= aside_max; ++n) {
    to = fmt::format("{}.damaged-{}", file, n);
    if (fs::exists(fs::symlink_status(path_of(to)))) continue;
    if (::rename(path_of(file).c_str(), path_of(to).c_str()) == 0) return {};
    return last_error();
  }
  return std::make_error_code(std::errc::file_exists);
}

}  // namespace scaleit::api
