#include "tests/e2e/running.hpp"

#include "record/record_reader.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

namespace scaleit::e2e {

namespace {

using test::process_options;

std::vector<std::string> command(const std::vector<std::string>& arguments) {
  std::vector<std::string> all{SCALEIT_BINARY};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

/// The port in the first `prefix...:PORT/` of the text; 0 when there is none yet.
std::uint16_t port_after(const std::string& prefix, const std::string& text) {
  const auto at = text.find(prefix);
  if (at == std::string::npos) return 0;
  const auto end = text.find('/', at + prefix.size());
  if (end == std::string::npos) return 0;
  return static_cast<std::uint16_t>(std::atoi(text.c_str() + text.rfind(':', end) + 1));
}

}  // namespace

// -- scrape ---------------------------------------------------------------

scrape::scrape(const std::string& exposition) {
  for (const auto& line : test::lines_of(exposition)) {
    const auto space = line.rfind(' ');
    if (line.starts_with('#') || space == std::string::npos) continue;
    samples_[line.substr(0, space)] = std::atof(line.c_str() + space + 1);
  }
}

double scrape::value(const std::string& name,
                     std::initializer_list<const char*> labels) const {
  double sum = 0;
  bool found = false;
  for (const auto& [series, sample] : samples_) {
    if (series != name && !series.starts_with(name + "{")) continue;
    bool all = true;
    for (const auto* label : labels) all = all && series.find(label) != std::string::npos;
    if (!all) continue;
    found = true;
    sum += sample;
  }
  return found ? sum : -1;
}

double scrape::failures(const char* method) const {
  const bool get = method == std::string{"get"};
  return value("requests_failures_total",
               {get ? R"(method="get")" : R"(method="put")",
                get ? R"(endpoint="/app/status")" : R"(endpoint="/app/replicas")"});
}

// -- processes ------------------------------------------------------------

std::map<std::string, std::string> fast_environment(std::uint16_t port) {
  return {{"APP_SERVICE_URL", "http://127.0.0.1"},
          {"APP_SERVICE_PORT", std::to_string(port)},
          {"SCALE_RESOLUTION_TIME", "0.1s"}};
}

scaler::scaler(const scaler_options& o) {
  process_options p;
  p.command = command({"run", "--metrics-listen", "127.0.0.1:0"});
  const auto given = [&](const char* option) {
    return std::find(o.arguments.begin(), o.arguments.end(), option) != o.arguments.end();
  };
  if (!given("--api-listen"))
    p.command.insert(p.command.end(), {"--api-listen", "127.0.0.1:0"});
  p.command.insert(p.command.end(), o.arguments.begin(), o.arguments.end());
  if (!given("--record")) {
    record_ = (directory_.path() / "record").string();
    p.command.insert(p.command.end(), {"--record", record_});
  }
  if (!o.before.empty())
    p.command.insert(p.command.begin(),
                     {"/bin/sh", "-c", o.before + "; exec \"$@\"", "sh"});
  p.environment = o.environment;
  p.directory = directory_.path();
  p.errors = o.errors;
  process_ = std::make_unique<test::process>(p);
  std::string said;
  const bool up = test::eventually([&] {
    said = o.errors == test::stderr_to::file ? process_->err()
                                             : said + process_->read_pipe();
    port_ = port_after("metrics on http://", said);
    return port_ != 0 || !process_->running();
  });
  if (!up || port_ == 0) throw std::runtime_error("the daemon does not start: " + said);
}

std::uint16_t scaler::api_port() const {
  return port_after("API on http://", process_->err());
}

scaler::~scaler() {
  const bool ended = process_->wait(std::chrono::milliseconds{0}) == 0;
  process_.reset();  // killed, if it still runs
  if (record_.empty()) return;
  // Who is killed within its first moments has written nothing.
  const auto segments = record::list_segments(record_);
  if (ended || std::ranges::any_of(segments, [](const auto& s) { return s.bytes > 0; }))
    check_record();
}

/// What every record of every daemon must stand, the killed ones included: it can be
/// read, and replayed without a difference.
void scaler::check_record() const {
  try {
    record::record_reader reader{record_, record::event_reader::steps::read};
    for (record::recorded_event e; reader.next(e);) {
    }
    const auto& r = reader.report();
    std::string told;
    for (const auto& sentence : r.sentences()) told += sentence + "\n";
    CAPTURE(told);
    CHECK(r.events > 0);
    CHECK(r.damaged + r.unknown + r.missing + r.repeated == 0);
    CHECK(r.torn <= 1);
    const auto again = run({"replay", record_});
    CAPTURE(again.out, again.err);
    CHECK(again.code == 0);
    CHECK(again.out.find("other steps") == std::string::npos);
  } catch (const record::record_error& e) {
    FAIL_CHECK(e.what());
  }
}

sample_application::sample_application(const std::vector<std::string>& arguments) {
  process_options p;
  p.command = command({"app", "--port", "0"});
  p.command.insert(p.command.end(), arguments.begin(), arguments.end());
  p.directory = directory_.path();
  process_ = std::make_unique<test::process>(p);
  test::eventually([&] {
    port_ = port_after("sample application at http://", process_->out());
    return port_ != 0 || !process_->running();
  });
  if (port_ == 0)
    throw std::runtime_error("the application does not start: " + process_->err());
}

namespace {

result end_of(const process_options& p) {
  test::process child{p};
  result r;
  r.code = child.wait().value_or(-1);
  r.out = child.out();
  r.err = child.err();
  return r;
}

}  // namespace

result run(const std::vector<std::string>& arguments,
           const std::map<std::string, std::string>& environment,
           const std::filesystem::path& directory) {
  return end_of({command(arguments), environment, directory});
}

result shell(const std::string& commands,
             const std::map<std::string, std::string>& environment,
             const std::filesystem::path& directory) {
  auto all = environment;
  all["SCALEIT"] = SCALEIT_BINARY;
  all.emplace("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
  return end_of({{"/bin/sh", "-c", commands}, all, directory});
}

}  // namespace scaleit::e2e
