#include "record/record_reader.hpp"

#include "messages/bounds.hpp"
#include "messages/text.hpp"
#include "record/line_reader.hpp"

#include <fmt/format.h>

#include <system_error>
#include <utility>

namespace scaleit::record {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw record_error{fmt::format(
      "the record {} {}; accepted: a directory of events-<id>.jsonl, a file, or - for "
      "standard input",
      path == "-" ? "on standard input" : "'" + printable(path) + "'", why)};
}

std::string cannot(const std::error_code& e) { return "cannot be read: " + e.message(); }

}  // namespace

struct record_reader::state {
  state(std::string p, event_reader::steps s) : path(std::move(p)), events(s) {}

  void begin();
  void open_segment(const segment& s);
  bool open_next();
  void finish_file();
  bool take(const line& l, recorded_event& e);
  void note_id(std::uint64_t id);
  void damaged(std::uint64_t offset, std::string why) {
    ++report.damaged;
    if (report.damage.size() < bounds::record_damage_told_max)
      report.damage.push_back({file, offset, std::move(why)});
  }
  void torn(std::uint64_t offset, std::string why) {
    ++report.torn;
    if (report.torn_lines.size() < bounds::record_damage_told_max)
      report.torn_lines.push_back({file, offset, std::move(why)});
  }

  std::string path;
  event_reader events;
  std::vector<segment> segments;  ///< of a directory
  std::size_t next_segment = 0;
  std::string file;  ///< that is open, for the report
  line_reader lines;
  bool file_is_torn = false;
  std::optional<std::uint64_t> total;
  std::uint64_t read_before = 0;  ///< of the files that are done
  std::optional<std::uint64_t> last_id;
  record_report report;
};

// -- files ----------------------------------------------------------------

void record_reader::state::begin() {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (path != "-" && !fs::exists(status))
    refuse(path,
           cannot(error ? error
                        : std::make_error_code(std::errc::no_such_file_or_directory)));
  if (path != "-" && fs::is_directory(status)) {
    segments = list_segments(path);
    std::uint64_t bytes = 0;
    for (const auto& s : segments) bytes += s.bytes;
    if (segments.empty()) refuse(path, "holds no segment");
    if (bytes == 0) refuse(path, "is empty");
    total = bytes;
    return;
  }
  file = path == "-" ? "standard input" : path;
  if (path != "-" && fs::is_regular_file(status)) total = fs::file_size(path);
  if (total && *total == 0) refuse(path, "is empty");
  lines.open(std::make_unique<source>(path));
}

/// A segment may be compressed, or be too old to be kept, since the directory was read.
void record_reader::state::open_segment(const segment& s) {
  for (const bool compressed : {s.compressed, !s.compressed}) {
    file = (fs::path{path} / segment_name(s.first_id, compressed)).string();
    try {
      return lines.open(std::make_unique<source>(file));
    } catch (const std::system_error& e) {
      if (e.code() != std::errc::no_such_file_or_directory) throw;
    }
  }
  damaged(0, "the segment was removed meanwhile");
}

bool record_reader::state::open_next() {
  while (!lines.is_open() && next_segment < segments.size())
    open_segment(segments[next_segment++]);
  return lines.is_open();
}

void record_reader::state::finish_file() {
  const auto& from = lines.from();
  if (!from.damage().empty())
    damaged(lines.offset(), "compressed data: " + from.damage());
  else if (from.cut_short() && !file_is_torn)
    torn(lines.offset(), "the compressed data ends too early");
  read_before += from.consumed();
  file_is_torn = false;
  lines.close();
}

// -- lines ----------------------------------------------------------------

void record_reader::state::note_id(std::uint64_t id) {
  if (id == 0) return;  // none was given
  if (last_id && id <= *last_id)
    ++report.repeated;
  else if (last_id)
    report.missing += id - *last_id - 1;
  last_id = report.last_id = id;
}

/// Whether the line is an event to be given out.
bool record_reader::state::take(const line& l, recorded_event& e) {
  if (l.too_long) {
    damaged(l.offset, fmt::format("longer than {} bytes", bounds::record_line_bytes_max));
    return false;
  }
  if (!events.read(l.text, l.size, e)) {
    file_is_torn = !l.ended;
    if (l.ended)
      damaged(l.offset, events.error());
    else
      torn(l.offset, events.error());
    return false;
  }
  const bool repeated = e.known && e.restated();
  if (!repeated) note_id(e.sequence);  // it has that of the event it repeats
  if (!e.known) {
    ++report.unknown;
    return false;
  }
  if (const auto* s = e.as<daemon_started>();
      s && s->format > record_format &&
      report.warnings.size() < bounds::record_damage_told_max)
    report.warnings.push_back(
        fmt::format("{}: from event {} on the format is {}, and {} is the newest known "
                    "here: what is new in it is ignored",
                    file, e.sequence, s->format, record_format));
  ++report.events;
  return true;
}

// -- the reader -----------------------------------------------------------

record_reader::record_reader(const std::string& path, event_reader::steps s)
    : state_(std::make_unique<state>(path, s)) {
  try {
    state_->begin();
  } catch (const std::system_error& e) {
    refuse(path, cannot(e.code()));
  }
}

record_reader::~record_reader() = default;
record_reader::record_reader(record_reader&&) noexcept = default;
record_reader& record_reader::operator=(record_reader&&) noexcept = default;

bool record_reader::next(recorded_event& e) {
  auto& s = *state_;
  try {
    while (s.open_next()) {
      for (line l; s.lines.next(l);)
        if (s.take(l, e)) return true;
      s.finish_file();
    }
  } catch (const std::system_error& error) {
    refuse(s.file, cannot(error.code()));
  }
  // Only now is it known of what is no regular file.
  if (s.segments.empty() && s.read_before == 0) refuse(s.path, "is empty");
  return false;
}

const record_report& record_reader::report() const { return state_->report; }

std::uint64_t record_reader::bytes_read() const {
  const auto& s = *state_;
  return s.read_before + (s.lines.is_open() ? s.lines.from().consumed() : 0);
}

std::optional<std::uint64_t> record_reader::bytes_total() const { return state_->total; }

// -- for people -----------------------------------------------------------

std::vector<std::string> record_report::sentences() const {
  std::vector<std::string> all = warnings;
  const auto tell = [&](const std::vector<record_place>& places, std::uint64_t count,
                        const char* what) {
    for (const auto& p : places)
      all.push_back(
          fmt::format("{}: {} at byte {}: {}", p.file, what, p.offset, p.reason));
    if (count > places.size())
      all.push_back(fmt::format("and {} more", count - places.size()));
  };
  tell(damage, damaged, "damaged line");
  tell(torn_lines, torn, "torn last line, as a crash leaves it,");
  const auto number = [&](std::uint64_t n, const char* what) {
    if (n > 0) all.push_back(fmt::format("{} {}", n, what));
  };
  number(unknown, "events of unknown types were ignored");
  number(missing, "events are missing: their ids were never seen");
  number(repeated, "events have an id that is not above the one before");
  return all;
}

}  // namespace scaleit::record
