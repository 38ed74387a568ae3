#include "main/target_output.hpp"

#include "main/streams.hpp"
#include "messages/text.hpp"
#include "spec/document_yaml.hpp"

#include <algorithm>
#include <cstdlib>
#include <sys/ioctl.h>
#include <unistd.h>

namespace scaleit::main {

using kind = spec::document::kind;

namespace {

constexpr std::size_t width_min = 40;
constexpr std::size_t width_max = 1000;

std::string number_cell(std::optional<int> n) { return n ? std::to_string(*n) : "-"; }

std::string replicas_cell(const target_view& t) {
  auto cell = number_cell(t.replicas);
  if (t.ready && t.ready != t.replicas) cell = std::to_string(*t.ready) + "/" + cell;
  if (t.desired && t.desired != t.replicas) cell += " -> " + std::to_string(*t.desired);
  return cell;
}

}  // namespace

std::size_t output_width() {
  winsize size{};
  if (::isatty(STDOUT_FILENO) == 1 && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
      size.ws_col > 0)
    return std::max<std::size_t>(size.ws_col, width_min);
  const char* columns = std::getenv("COLUMNS");
  const auto wanted = finite_number(columns == nullptr ? "" : columns);
  return wanted && *wanted >= width_min && *wanted <= width_max
             ? static_cast<std::size_t>(*wanted)
             : usual_width;
}

std::vector<table_column> list_columns() {
  return {{.title = "NAME", .width_min = 16, .where = cut::middle},
          {.title = "ORIGIN", .width_min = 6},
          {.title = "HEALTH", .width_min = 7},
          {.title = "REPLICAS", .right = true},
          {.title = "METRIC", .width_min = 8, .where = cut::middle},
          {.title = "VALUE", .right = true},
          {.title = "WHY", .width_min = 8}};
}

std::vector<std::string> list_row(const target_view& t) {
  const auto* m = t.leading();
  return {t.name,
          t.origin,
          t.health,
          replicas_cell(t),
          m != nullptr ? m->name : "",
          m != nullptr ? metric_cell(t, *m) : "",
          why_of(t)};
}

target_output::target_output(std::string_view format, shape s)
    : format_(format), shape_(s), table_(list_columns()) {}

void target_output::add(const spec::document& target) {
  if (format_ == "json") add_json(target);
  if (format_ == "yaml") add_yaml(target);
  if (format_ == "name") print("{}\n", view_of(target).name);
  if (format_ == "table") add_details(target);
  ++count_;
}

void target_output::add_details(const spec::document& target) {
  const auto t = view_of(target);
  if (shape_ == shape::list) return table_.add(list_row(t));
  print("{}{}", count_ > 0 ? "\n" : "", details_of(t));
}

void target_output::add_json(const spec::document& target) {
  if (shape_ == shape::one) return print("{}\n", spec::pretty_json(target));
  std::string line;
  spec::append_json(line, target);
  print("{}{}", count_ > 0 ? ",\n" : "{\"items\":[\n", line);
}

/// What `apply` takes, and people keep in files.
void target_output::add_yaml(const spec::document& target) {
  const auto* spec = target.find("spec");
  print("{}{}", count_ > 0 ? "---\n" : "",
        spec::pretty_yaml(spec != nullptr ? *spec->value : target));
}

void target_output::finish() {
  if (format_ == "json" && shape_ != shape::one)
    put(count_ > 0 ? "\n]}\n" : "{\"items\":[]}\n");
  if (format_ == "table" && shape_ == shape::list) {
    if (table_.empty()) return put_error("no targets");
    put(joined_lines(table_.lines(output_width())));
  }
}

}  // namespace scaleit::main
