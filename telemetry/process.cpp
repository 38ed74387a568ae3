#include "telemetry/process.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>

namespace scaleit::telemetry {

namespace {

constexpr std::size_t file_bytes_max =
    1024 * 1024;  // /proc/stat grows with the interrupts

std::string read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> f(std::fopen(path.c_str(), "re"),
                                                          &std::fclose);
  std::string all;
  std::array<char, 4096> chunk;
  while (f && all.size() < file_bytes_max) {
    const auto n = std::fread(chunk.data(), 1, chunk.size(), f.get());
    if (n == 0) break;
    all.append(chunk.data(), n);
  }
  return all;
}

/// The number after the blanks at the start of `s`, which it is cut from.
std::optional<std::int64_t> take_number(std::string_view& s) {
  while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
  std::int64_t x = 0;
  const auto [rest, ec] = std::from_chars(s.data(), s.data() + s.size(), x);
  // Fields of unsigned type, such as the limit of the resident set, may not fit.
  if (ec == std::errc::result_out_of_range) x = std::numeric_limits<std::int64_t>::max();
  if (ec == std::errc::invalid_argument) return std::nullopt;
  s.remove_prefix(static_cast<std::size_t>(rest - s.data()));
  return x;
}

double read_boot_time(const std::string& proc) {
  const auto text = read_file(proc + "/stat");
  constexpr std::string_view key = "\nbtime ";
  const auto at = text.find(key);
  if (at == std::string::npos) return 0;
  auto rest = std::string_view(text).substr(at + key.size());
  return static_cast<double>(take_number(rest).value_or(0));
}

/// The fields of /proc/self/stat that follow the command's name; [0] is field 4 of
/// proc(5), as the third, the state, is a letter.
std::optional<std::array<std::int64_t, 21>> read_stat(const std::string& proc) {
  const auto text = read_file(proc + "/self/stat");
  const auto name_end = text.rfind(')');  // a name may itself hold ')' and blanks
  if (name_end == std::string::npos || text.size() < name_end + 4) return std::nullopt;
  auto rest = std::string_view(text).substr(name_end + 3);
  std::array<std::int64_t, 21> fields{};
  for (auto& f : fields) {
    const auto x = take_number(rest);
    if (!x) return std::nullopt;
    f = *x;
  }
  return fields;
}

std::optional<double> count_descriptors(const std::string& proc) {
  std::error_code ec;
  std::filesystem::directory_iterator i(proc + "/self/fd", ec);
  double n = -1;  // the iterator's own
  for (; !ec && i != std::filesystem::directory_iterator(); i.increment(ec)) ++n;
  if (ec || n < 0) return std::nullopt;
  return n;
}

using gauge_name = family_name<family_type::gauge, 0>;

void show(families& into, gauge_name name, std::optional<double> value) {
  if (value)
    into.gauge(name).Set(*value);
  else
    into.remove_gauge(name);
}

}  // namespace

process::process(std::string proc)
    : proc_(std::move(proc)), boot_time_seconds_(read_boot_time(proc_)) {}

void process::sample(families& into) const {
  const auto stat = read_stat(proc_);
  const auto field = [&](std::size_t of_man_page) {
    return static_cast<double>((*stat)[of_man_page - 4]);
  };
  const auto gauge = [&](gauge_name name, bool known, auto value) {
    show(into, name, known ? std::optional<double>{value()} : std::nullopt);
  };
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  if (stat) into.set_total("process_cpu_seconds_total", (field(14) + field(15)) / ticks);
  gauge("process_resident_memory_bytes", stat.has_value(),
        [&] { return field(24) * static_cast<double>(::sysconf(_SC_PAGESIZE)); });
  gauge("process_virtual_memory_bytes", stat.has_value(), [&] { return field(23); });
  gauge("process_threads", stat.has_value(), [&] { return field(20); });
  gauge("process_start_time_seconds", stat && boot_time_seconds_ > 0,
        [&] { return boot_time_seconds_ + field(22) / ticks; });
  const auto open = count_descriptors(proc_);
  show(into, "process_open_fds", open);
  rlimit limit{};
  const bool limited = open && ::getrlimit(RLIMIT_NOFILE, &limit) == 0;
  show(into, "process_max_fds",
       limited ? std::optional{static_cast<double>(limit.rlim_cur)} : std::nullopt);
}

}  // namespace scaleit::telemetry
