#include "record/record_writer.hpp"

#include "messages/bounds.hpp"
#include "messages/text.hpp"
#include "record/record_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <sys/file.h>
#include <sys/stat.h>
#include <utility>

namespace scaleit::record {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void cannot_write(const std::string& directory, const std::string& why) {
  throw record_error{
      fmt::format("the record '{}' cannot be written: {}; accepted: a directory that can "
                  "be created and written",
                  printable(directory), why)};
}

bool same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// Whether the name still leads to the open file.
bool is_at(const posix_file& file, const fs::path& path) {
  struct stat open {
  }, named{};
  return ::fstat(file.fd(), &open) == 0 && ::stat(path.c_str(), &named) == 0 &&
         same_file(open, named);
}

bool ends_with_newline(const fs::path& path, std::uint64_t size) {
  const posix_file file{path, O_RDONLY};
  char last = 0;
  return file.is_open() && size > 0 &&
         ::pread(file.fd(), &last, 1, static_cast<off_t>(size - 1)) == 1 && last == '\n';
}

bool disk_is_full(const std::error_code& e) {
  return e == std::errc::no_space_on_device || e.value() == EDQUOT;
}

}  // namespace

// -- opening --------------------------------------------------------------

record_writer::record_writer(spec::record_spec o)
    : options_(std::move(o)), directory_(options_.dir) {
  options_.segment_bytes = std::max<std::uint64_t>(
      std::min(options_.segment_bytes, options_.keep_bytes / 2), 1);
  try {
    fs::create_directories(directory_);
    lock();
    take_stock();
  } catch (const std::system_error& e) {
    cannot_write(options_.dir, e.code().message());
  }
}

void record_writer::lock() {
  posix_file file{directory_ / "lock", O_RDWR | O_CREAT};
  if (!file.is_open()) throw std::system_error{last_error()};
  if (::flock(file.fd(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) throw std::system_error{last_error()};
    throw record_locked{fmt::format("the record '{}' is being written by another daemon",
                                    printable(options_.dir))};
  }
  lock_ = std::move(file);
}

void record_writer::take_stock() {
  for (const auto& entry : fs::directory_iterator{directory_}) {
    const auto name = entry.path().filename().string();
    if (name.starts_with("events-") && name.ends_with(unfinished_suffix))
      fs::remove(entry.path());
  }
  auto all = list_segments(directory_);
  for (; !all.empty() && all.back().bytes == 0; all.pop_back())
    fs::remove(path_of(all.back()));
  older_.assign(all.begin(), all.end());
  if (!all.empty()) resume(all.back());
}

/// Ids go on after the newest segment's last. It is written on only where a whole line
/// ends it.
void record_writer::resume(const segment& newest) {
  const auto path = path_of(newest);
  record_reader reader{path.string()};
  for (recorded_event e; reader.next(e);) {
  }
  const auto& found = reader.report();
  last_id_ = std::max(newest.first_id, found.last_id);
  if (found.last_id == 0 && found.damaged + found.torn == 0)
    --last_id_;  // nothing but its head
  if (newest.compressed || newest.bytes >= options_.segment_bytes ||
      !ends_with_newline(path, newest.bytes))
    return;
  file_ = posix_file{path, O_WRONLY | O_APPEND};
  if (!file_.is_open()) throw std::system_error{last_error()};
  newest_ = newest;
  older_.pop_back();
}

/// Nothing that goes wrong here may end the thread that writes.
template <class F>
std::error_code record_writer::guarded(F f) {
  try {
    return f();
  } catch (const std::system_error& e) {
    return e.code();
  } catch (const std::bad_alloc&) {
    return std::make_error_code(std::errc::not_enough_memory);
  }
}

// -- writing --------------------------------------------------------------

fs::path record_writer::path_of(const segment& s) const {
  return directory_ / segment_name(s.first_id, s.compressed);
}

bool record_writer::moved_away() const { return !is_at(file_, path_of(newest_)); }

void record_writer::close_segment() {
  file_.close();
  if (newest_.bytes > 0) older_.push_back(newest_);
  compression_failed_ = false;
}

std::error_code record_writer::open_segment(std::uint64_t first_id) {
  std::error_code error;
  fs::create_directories(directory_, error);
  if (error) return error;
  try {
    if (!lock_.is_open() || !is_at(lock_, directory_ / "lock")) lock();
  } catch (const std::system_error& e) {
    return e.code();
  } catch (const record_locked&) {
    return std::make_error_code(std::errc::device_or_resource_busy);
  }
  newest_ = {first_id, false, 0};
  // One of this name can only hold what a write that failed has left of this very line.
  file_ = posix_file{path_of(newest_), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND};
  if (!file_.is_open()) return last_error();
  new_name_ = true;
  const auto error_of_head = write_head();
  if (!error_of_head) return {};
  file_.close();
  ::unlink(path_of(newest_).c_str());
  return error_of_head;
}

std::error_code record_writer::write_head() {
  head_bytes_ = 0;
  if (!head_) return {};
  const auto error = head_([&](std::string_view lines) {
    std::size_t written = 0;
    const auto failed = file_.write(lines, written);
    newest_.bytes += written;
    return failed;
  });
  head_bytes_ = newest_.bytes;
  return error;
}

std::uint64_t record_writer::room() const {
  const auto length = std::max(options_.segment_bytes, head_bytes_);
  return file_.is_open() && !is_full() ? length - (newest_.bytes - head_bytes_)
                                       : options_.segment_bytes;
}

bool record_writer::is_full() const {
  return newest_.bytes - head_bytes_ >= std::max(options_.segment_bytes, head_bytes_);
}

std::error_code record_writer::make_ready(std::uint64_t first_id) {
  if (file_.is_open() && moved_away()) {
    file_.close();
    older_.clear();  // and those beside it, most likely
    if (const auto error = open_segment(first_id)) return error;
    for (const auto& s : list_segments(directory_))
      if (s.first_id != newest_.first_id) older_.push_back(s);
    return {};
  }
  if (file_.is_open() && is_full()) {
    if (const auto error = sync()) return error;
    close_segment();
  }
  return file_.is_open() ? std::error_code{} : open_segment(first_id);
}

bool record_writer::cut_back() {
  return ::ftruncate(file_.fd(), static_cast<off_t>(newest_.bytes)) == 0;
}

record_writer::outcome record_writer::append(std::uint64_t first_id,
                                             std::string_view lines) {
  outcome o;
  o.error = guarded([&] { return make_ready(first_id); });
  if (o.error) return o;
  std::size_t written = 0;
  o.error = file_.write(lines, written);
  o.written = o.error ? lines.substr(0, written).rfind('\n') + 1 : written;
  newest_.bytes += o.written;
  // Behind a torn line nothing is written; and only a full disk gets better by itself.
  if (o.error && (!cut_back() || !disk_is_full(o.error))) close_segment();
  return o;
}

std::error_code record_writer::sync() {
  if (!file_.is_open()) return {};
  auto error = file_.sync();
  if (error) {
    close_segment();  // what it holds is uncertain: what follows goes elsewhere
    return error;
  }
  if (!new_name_) return {};
  posix_file names{directory_, O_RDONLY | O_DIRECTORY};
  if (names.is_open()) error = names.sync();
  new_name_ = names.is_open() && error;
  return error;
}

std::error_code record_writer::close() {
  const auto error = sync();
  file_.close();
  compressor_.reset();
  lock_.close();
  return error;
}

// -- old segments ---------------------------------------------------------

std::uint64_t record_writer::bytes_kept() const {
  std::uint64_t sum = file_.is_open() ? newest_.bytes : 0;
  for (const auto& s : older_) sum += s.bytes;
  return sum;
}

void record_writer::remove_oldest() {
  const auto s = older_.front();
  older_.pop_front();
  if (compressor_ && compressor_->first_id() == s.first_id) compressor_.reset();
  for (const bool compressed : {false, true})
    ::unlink(path_of({s.first_id, compressed, 0}).c_str());
}

bool record_writer::tidy(std::error_code& error) {
  while (!older_.empty() && (bytes_kept() > options_.keep_bytes ||
                             older_.size() >= bounds::record_segments_max))
    remove_oldest();
  bool more = false;
  error = guarded([&] { return compress(more); });
  compression_failed_ = compression_failed_ || error;
  return more && !error;
}

/// One piece of the oldest plain segment.
std::error_code record_writer::compress(bool& more) {
  const auto plain = std::find_if(older_.begin(), older_.end(),
                                  [](const auto& s) { return !s.compressed; });
  more = plain != older_.end() && !compression_failed_;
  if (!more) return {};
  if (!compressor_ || compressor_->first_id() != plain->first_id)
    compressor_ = std::make_unique<segment_compressor>(directory_, plain->first_id);
  std::error_code error;
  const bool done = compressor_->step(error);
  if (done) *plain = {plain->first_id, true, compressor_->bytes()};
  if (done || error) compressor_.reset();
  if (error != std::errc::no_such_file_or_directory) return error;
  older_.erase(plain);  // removed by somebody else
  return {};
}

}  // namespace scaleit::record
