#include "main/top_command.hpp"

#include "main/api_client.hpp"
#include "main/exit_code.hpp"
#include "main/streams.hpp"
#include "main/target_output.hpp"
#include "main/target_pages.hpp"
#include "main/top_screen.hpp"
#include "main/top_table.hpp"
#include "messages/duration.hpp"
#include "messages/text.hpp"
#include "spec/input_error.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <unistd.h>
#include <utility>

namespace scaleit::main {

CLI::App* add_top_command(CLI::App& root, top_options& options) {
  auto* top = root.add_subcommand("top", "A live table of what a running daemon scales");
  top->add_option("--sort", options.sort, "What comes first")
      ->check(
          CLI::IsMember(std::vector<std::string>{top_orders.begin(), top_orders.end()}))
      ->type_name("health|name|replicas|desired|metric")
      ->capture_default_str();
  top->add_option("--interval", options.interval, "How often to look; 100ms to 1h")
      ->type_name("DURATION")
      ->capture_default_str();
  top->add_option("--prefix", options.prefix, "Only targets whose names begin so");
  top->add_flag("--once", options.once, "Print one table and end, as without a terminal");
  add_api_options(*top, options.api);
  top->footer(
      "Keys: h n r d m sort by health, name, replicas, desired, metric (again: the other "
      "way round); arrows, j k, f b, g G scroll; q ends.");
  return top;
}

namespace {

constexpr std::string_view help = "[hnrdm: sort, q: quit]";

top_order order_named(std::string_view name) {
  const auto at = std::ranges::find(top_orders, name) - top_orders.begin();
  return static_cast<top_order>(at);
}

microseconds interval_of(const top_options& options) {
  const auto d = parse_duration(options.interval);
  if (d && *d >= bounds::interval_min && *d <= bounds::interval_max) return *d;
  throw spec::input_error{
      fmt::format("--interval '{}' is not valid; accepted: a duration from 100ms to 1h",
                  printable(options.interval, 80))};
}

void set_order(top_table& table, std::string_view name) {
  // That of the beginning is not to be turned round.
  if (const auto order = order_named(name); order != top_order::health)
    table.sort_by(order);
}

int once(const top_options& options) {
  api_client api{find_api(options.api)};
  std::vector<target_view> all;
  each_target(api, {options.prefix, {}},
              [&](const spec::document_ptr& t) { all.push_back(view_of(*t)); });
  top_table table;
  set_order(table, options.sort);
  table.update(std::move(all));
  put(joined_lines(table.lines(output_width(), std::nullopt)));
  return exit_code::success;
}

/// Looks again and again, one request at a time, while keys do their work.
class live_table {
 public:
  explicit live_table(const top_options& options)
      : options_(options),
        interval_(interval_of(options)),
        api_(find_api(options.api)),
        timer_(api_.loop().io()) {
    set_order(table_, options.sort);
  }

  int run() {
    look();
    auto& io = api_.loop().io();
    while (!ended_)
      if (io.run_one() == 0) io.restart();
    screen_.reset();
    // Not before the terminal is as it was.
    if (fatal_) std::rethrow_exception(fatal_);
    return exit_code::success;
  }

 private:
  void look() {
    looked_.clear();
    ask({});
  }

  void ask(const std::string& after) {
    api_.submit(page_request({options_.prefix, {}}, after),
                [this](net::http_response&& r) { on_page(std::move(r)); });
  }

  void on_page(net::http_response&& r) {
    try {
      auto page = page_of(*api_.read(api_.body_of(std::move(r))));
      for (const auto& t : page.items) looked_.push_back(view_of(*t));
      if (!page.after.empty() && looked_.size() <= bounds::targets_max)
        return ask(page.after);
      table_.update(std::exchange(looked_, {}));
      note_ = help;
      if (!screen_) open();
    } catch (const std::exception& e) {
      // Once it was there it may come again: daemons are restarted.
      if (!screen_ || dynamic_cast<const output_error*>(&e)) return fail();
      note_ = printable(e.what());
    }
    draw();
    timer_.expires_after(interval_);
    timer_.async_wait([this](const boost::system::error_code& e) {
      if (!e) look();
    });
  }

  void open() {
    screen_.emplace(api_.loop().io(),
                    top_screen::handlers{[this](std::string_view key) { on_key(key); },
                                         [this] { draw(); }, [this] { ended_ = true; }});
  }

  void on_key(std::string_view key) {
    const auto page = static_cast<long>(top_screen::size().height) - 3;
    for (const auto order : top_orders)
      if (key == order.substr(0, 1)) table_.sort_by(order_named(order));
    if (key == "q") ended_ = true;
    if (key == "up" || key == "k") table_.scroll(-1);
    if (key == "down" || key == "j") table_.scroll(1);
    if (key == "page-up" || key == "b") table_.scroll(-page);
    if (key == "page-down" || key == "f") table_.scroll(page);
    if (key == "home" || key == "g") table_.scroll_to_top();
    if (key == "end" || key == "G") table_.scroll_to_end();
    draw();
  }

  void draw() try {
    if (ended_ || !screen_) return;
    const auto size = top_screen::size();
    auto lines = table_.lines(size.width, size.height, note_);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (i == top_table::title_line) lines[i] = "\033[1m" + lines[i];
      if (table_.is_unwell(i)) lines[i] = "\033[31m" + lines[i];
    }
    screen_->draw(lines);
  } catch (const output_error&) {
    fail();
  }

  void fail() {
    fatal_ = std::current_exception();
    ended_ = true;
  }

  const top_options& options_;
  microseconds interval_;
  api_client api_;
  boost::asio::steady_timer timer_;
  top_table table_;
  std::vector<target_view> looked_;
  std::string note_;
  std::optional<top_screen> screen_;
  bool ended_ = false;
  std::exception_ptr fatal_;
};

}  // namespace

int run_top(const top_options& options) {
  interval_of(options);
  const bool on_terminal = ::isatty(STDOUT_FILENO) == 1 && ::isatty(STDIN_FILENO) == 1;
  if (options.once || !on_terminal) return once(options);
  return live_table{options}.run();
}

}  // namespace scaleit::main
