// The half of the state folder that writes.
#include "api/state_folder.hpp"
#include "messages/bounds.hpp"
#include "messages/text.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <new>
#include <sys/stat.h>
#include <utility>

namespace scaleit::api {

namespace {

namespace fs = std::filesystem;
using record::last_error;
using record::posix_file;

bool is_at(const posix_file& file, const fs::path& path) {
  struct stat open {
  }, named{};
  return ::fstat(file.fd(), &open) == 0 && ::stat(path.c_str(), &named) == 0 &&
         open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

}  // namespace

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
  const auto asked = ask("sync folder");
  if (const auto e = asked ? asked : sync_names(targets_))
    each_good([&](step&) { return e; });

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
