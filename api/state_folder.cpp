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

constexpr std::string_view temporary_prefix = ".tmp-";
constexpr mode_t folder_mode = 0700;
constexpr mode_t file_mode = 0600;
constexpr int aside_max = 10'000;  ///< names that are tried for one file

bool is_full(const std::error_code& e) {
  return e == std::errc::no_space_on_device || e.value() == EDQUOT;
}

/// Where directories cannot be synced, there is nothing to wait for.
std::error_code sync_folder(const fs::path& folder) {
  const posix_file names{folder, O_RDONLY | O_DIRECTORY};
  if (!names.is_open()) return last_error();
  if (::fsync(names.fd()) == 0 || errno == EINVAL || errno == EROFS) return {};
  return last_error();
}

bool is_at(const posix_file& file, const fs::path& path) {
  struct stat open {
  }, named{};
  return ::fstat(file.fd(), &open) == 0 && ::stat(path.c_str(), &named) == 0 &&
         open.st_dev == named.st_dev && open.st_ino == named.st_ino;
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
    if (made) sync_folder(f.has_parent_path() ? f.parent_path() : fs::path{"."});
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
  if (!out.set_aside.empty()) sync_folder(targets_);
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

// -- writing --------------------------------------------------------------

/// One change on its way. Until the folder is synced there is a way back: what was
/// replaced or removed has the temporary name.
struct state_folder::step {
  enum class back : std::uint8_t { nothing, remove, exchange, rename };

  std::string file;  ///< its name
  std::filesystem::path at;
  std::filesystem::path temporary{};
  posix_file written{};  ///< the temporary one; none for a removal
  back undo = back::nothing;
  std::string error{};
};

std::error_code state_folder::ask(std::string_view what) const {
  return faults_ ? faults_(what) : std::error_code{};
}

/// A folder that was moved or replaced is not the one that the next start reads.
bool state_folder::is_mine() const { return is_at(lock_, fs::path{directory_} / "lock"); }

std::vector<std::optional<std::string>> state_folder::write(
    std::span<const state_change> changes) {
  std::vector<step> steps(changes.size());
  const auto each_good = [&](auto&& f) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (!steps[i].error.empty()) continue;
      if (const std::error_code e = f(steps[i])) {
        steps[i].error = e.message();
        undo(steps[i]);
      }
    }
  };
  for (std::size_t i = 0; i < steps.size(); ++i) {
    try {
      begin(steps[i], changes[i]);
    } catch (const std::bad_alloc&) {
      steps[i].error = "out of memory";
      undo(steps[i]);
    }
  }
  each_good([&](step& s) {
    if (!s.written.is_open()) return std::error_code{};
    const auto asked = ask("sync");
    return asked ? asked : s.written.sync();
  });
  each_good([&](step& s) { return put_in_place(s); });
  if (const auto e = sync_names()) each_good([&](step&) { return e; });

  std::vector<std::optional<std::string>> out(changes.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].error.empty()) {
      if (!steps[i].temporary.empty()) ::unlink(steps[i].temporary.c_str());
    } else {
      out[i] = fmt::format("the state folder '{}' cannot be written: {}",
                           printable(directory_), steps[i].error);
    }
  }
  return out;
}

/// Up to the temporary file, not yet synced. On an error there is none.
void state_folder::begin(step& s, const state_change& c) {
  const auto text = c.what.empty() ? std::string{} : state_text(c);
  s.file = state_file_of(c.name);
  s.at = path_of(s.file);
  if (!is_state_file(s.file)) {
    s.error = fmt::format("'{}' is no target's name", printable(c.name));
  } else if (!is_mine()) {
    s.error = "it was moved, removed or replaced since the start";
  } else if (const auto why = c.what.spec ? unkeepable(*c.what.spec) : std::nullopt) {
    s.error = *why;
  } else if (c.what.spec && c.what.spec->name != c.name) {
    s.error = "a spec is kept under its own name only";
  } else if (text.size() > bounds::state_file_bytes_max) {
    s.error = fmt::format("the file would be larger than {} bytes, the most that is read",
                          bounds::state_file_bytes_max);
  } else if (const auto e = write_temporary(s, text)) {
    s.error = e.message();
    undo(s);
  }
}

std::error_code state_folder::write_temporary(step& s, std::string_view text) {
  if (stuck_.contains(s.file)) {
    std::string to;
    if (const auto e = rename_aside(s.file, to);
        e && e != std::errc::no_such_file_or_directory)
      return e;
    stuck_.erase(s.file);
  }
  const auto path = path_of(fmt::format("{}{}", temporary_prefix, ++temporaries_));
  ::unlink(path.c_str());
  s.temporary = path;
  if (text.empty()) return {};  // what is removed is renamed to it
  if (const auto e = ask("create")) return e;
  s.written = posix_file{path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, file_mode};
  if (!s.written.is_open()) return last_error();
  if (const auto e = ask("write")) return e;
  std::size_t written = 0;
  if (const auto e = s.written.write(text, written)) return e;
  // Those that are written together go to the disk side by side.
  ::sync_file_range(s.written.fd(), 0, 0, SYNC_FILE_RANGE_WRITE);
  return {};
}

std::error_code state_folder::put_in_place(step& s) const {
  if (const auto e = ask("rename")) return e;
  const auto from = s.written.is_open() ? s.temporary.c_str() : s.at.c_str();
  const auto to = s.written.is_open() ? s.at.c_str() : s.temporary.c_str();
  if (!s.written.is_open()) {
    if (::rename(from, to) == 0) s.undo = step::back::rename;
    return s.undo == step::back::rename || errno == ENOENT ? std::error_code{}
                                                           : last_error();
  }
  s.written.close();
  struct stat about {};
  const bool is_new = ::lstat(to, &about) != 0;
  if (!is_new && S_ISDIR(about.st_mode))
    return std::make_error_code(std::errc::is_a_directory);
  if (!is_new && ::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE) == 0) {
    s.undo = step::back::exchange;
    return {};
  }
  // Some file systems exchange nothing; there is no way back then.
  if (::rename(from, to) != 0) return last_error();
  if (is_new) s.undo = step::back::remove;
  return {};
}

std::error_code state_folder::sync_names() const {
  const auto asked = ask("sync folder");
  return asked ? asked : sync_folder(targets_);
}

void state_folder::undo(step& s) const {
  const auto *at = s.at.c_str(), *temporary = s.temporary.c_str();
  if (s.undo == step::back::remove) ::unlink(at);
  if (s.undo == step::back::rename) ::rename(temporary, at);
  if (s.undo == step::back::exchange)
    ::renameat2(AT_FDCWD, temporary, AT_FDCWD, at, RENAME_EXCHANGE);
  if (!s.temporary.empty()) ::unlink(temporary);
  s.undo = step::back::nothing;
}

}  // namespace scaleit::api
