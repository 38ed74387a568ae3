// Env files of all kinds, as people and editors and other programs write them.
#include "tests/e2e/running.hpp"
#include "tests/support/catch.hpp"

#include <csignal>
#include <filesystem>
#include <sys/stat.h>

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

using environment = std::map<std::string, std::string>;

/// What the daemon says it holds, given this `.env`; or how it ended instead.
std::string settings_with(const std::string& file, const environment& variables = {},
                          const std::vector<std::string>& more = {}) {
  const temporary_directory directory;
  directory.write(".env", file);
  process_options o;
  o.command = {SCALEIT_BINARY, "run", "--metrics-listen", "127.0.0.1:0"};
  o.command.insert(o.command.end(), more.begin(), more.end());
  o.environment = variables;
  o.directory = directory.path();
  process p{o};
  const std::string begin = "added: holds ";
  eventually([&] {
    const auto said = p.err();
    const auto at = said.find(begin);
    return (at != std::string::npos && said.find('\n', at) != std::string::npos) ||
           !p.running();
  });
  const auto said = p.err();
  const auto at = said.find(begin);
  if (at == std::string::npos) return std::to_string(p.wait().value_or(-1)) + " " + said;
  p.signal(SIGTERM);
  p.wait();
  return said.substr(at + begin.size(), said.find('\n', at) - at - begin.size());
}

std::string holds(const std::string& metric, const std::string& url,
                  const std::string& interval) {
  return "cpu at " + metric + " by polling " + url + "/app/status every " + interval;
}

/// One line, code 2, and all of these words in it.
void check_refused(const std::string& said, std::initializer_list<const char*> words) {
  CAPTURE(said);
  CHECK(said.starts_with("2 scaleit: "));
  CHECK(lines_of(said).size() == 1);
  for (const auto* word : words) CHECK_THAT(said, ContainsSubstring(word));
}

const std::string defaults = holds("0.80", "http://localhost:8123", "5s");
const std::string mine = holds("0.70", "http://127.0.0.1:9", "1m30s");

}  // namespace

TEST_CASE("an env file is understood as people write it", "[env_file]") {
  const std::string plain =
      "APP_SERVICE_URL=http://127.0.0.1\nAPP_SERVICE_PORT=9\nSCALE_METRIC=0.7\n"
      "SCALE_RESOLUTION_TIME=1m30s\n";
  CHECK(settings_with(plain) == mine);
  CHECK(settings_with("\xEF\xBB\xBF" + plain) == mine);
  CHECK(
      settings_with(
          "APP_SERVICE_URL=http://127.0.0.1\r\nAPP_SERVICE_PORT=9\r\nSCALE_METRIC=0.7\r\n"
          "SCALE_RESOLUTION_TIME=1m30s") == mine);
  CHECK(
      settings_with(
          "# mine\n\n  # indented\nexport APP_SERVICE_URL = \"http://127.0.0.1\" # host\n"
          "export\tAPP_SERVICE_PORT='9'\n\tSCALE_METRIC =0.7   # of one\n"
          "SCALE_RESOLUTION_TIME= '1m30s'#\nUNKNOWN=anything at all\nLONELY\n") == mine);
  CHECK(settings_with("SCALE_METRIC=0.1\nSCALE_METRIC=0.2\n" + plain) == mine);
  CHECK(settings_with(plain + "QUOTED=\"over\nlines\"\n") == mine);
}

TEST_CASE("an env file may be empty, or not there", "[env_file]") {
  CHECK(settings_with("") == defaults);
  CHECK(settings_with("\n\n#\n") == defaults);
  CHECK(settings_with("\xEF\xBB\xBF") == defaults);
  CHECK(settings_with("", {}, {"--env-file", "/dev/null"}) == defaults);
  const scaler d{scaler_options{}};  // in a directory of its own, without .env
  CHECK_THAT(d.log(), ContainsSubstring("metrics on "));
}

TEST_CASE("the process's environment wins over the env file", "[env_file]") {
  const std::string file =
      "SCALE_METRIC=0.5\nAPP_SERVICE_PORT=nonsense\nSCALE_RESOLUTION_TIME=7\n";
  CHECK(settings_with(file, {{"SCALE_METRIC", "0.6"}, {"APP_SERVICE_PORT", "81"}}) ==
        holds("0.60", "http://localhost:81", "7s"));
}

TEST_CASE("--env-file names another file, and .env is not read", "[env_file]") {
  const temporary_directory directory;
  const auto other = directory.write("other.env", "SCALE_METRIC=0.7\n");
  CHECK(settings_with("SCALE_METRIC=broken\n", {}, {"--env-file", other}) ==
        holds("0.70", "http://localhost:8123", "5s"));
}

TEST_CASE("an env file that cannot be read stops the start with one line", "[env_file]") {
  const temporary_directory directory;
  check_refused(settings_with("", {}, {"--env-file", "/nowhere/.env"}),
                {"/nowhere/.env", "No such file", "accepted"});
  check_refused(settings_with("", {}, {"--env-file", directory.path().string()}),
                {"is a directory", "accepted"});
  check_refused(settings_with("", {}, {"--env-file", ""}), {"accepted"});
  check_refused(settings_with(std::string(2 * 1024 * 1024, '#')), {".env", "too large"});
  check_refused(settings_with(std::string("A=1\0B", 5)), {".env", "NUL"});
  check_refused(settings_with("A=1\nSCALE_METRIC=\"0.8\nB=2\n"),
                {".env:2", "SCALE_METRIC", "quote"});
  check_refused(settings_with("SCALE_METRIC='0.8' 0.9\n"), {".env:1", "SCALE_METRIC"});
  check_refused(settings_with("\n\nSCALE_METRIC is 0.8\n"), {".env:3", "SCALE_METRIC"});
  check_refused(settings_with(std::string("\xFF\xFE"
                                          "A\0=\0",
                                          6)),
                {".env", "UTF-16"});
}

TEST_CASE("lines of other programs are passed over with a warning", "[env_file]") {
  for (const auto* other :
       {"; a comment\n", "this is not an env file\n", "=0.8\n",
        "CERT=-----BEGIN CERT-----\nMIIB s3cret\n-----END CERT-----\n", "NOTE=\"a\" b\n",
        "OPEN=\"never\n"}) {
    CAPTURE(other);
    CHECK(settings_with(std::string{other} + "SCALE_METRIC=0.5\n") ==
          holds("0.50", "http://localhost:8123", "5s"));
  }
}

TEST_CASE("a .env that is no regular file is not there", "[env_file]") {
  const temporary_directory directory;
  const auto env = directory.path() / ".env";
  const auto refused = [&] {  // by what comes after the env file
    return run({"run", "--metrics-listen", "nowhere"}, {}, directory.path()).err;
  };
  std::filesystem::create_directory(env);  // a virtual environment of Python
  CHECK_THAT(refused(), StartsWith("scaleit: --metrics-listen='nowhere'"));
  std::filesystem::remove(env);
  REQUIRE(::mkfifo(env.c_str(), 0600) == 0);
  CHECK_THAT(refused(), StartsWith("scaleit: --metrics-listen='nowhere'"));
}

TEST_CASE("a bad .env stops neither check nor a daemon with a config file",
          "[env_file]") {
  const temporary_directory directory;
  directory.write(".env", "SCALE_METRIC='0.8\n");
  directory.write("c.yaml", "targets: []\n");
  const auto checked = run({"check", "c.yaml"}, {}, directory.path());
  CHECK(checked.code == 0);
  CHECK_THAT(checked.err, ContainsSubstring("warning: .env:1: SCALE_METRIC"));
  const auto started = run({"run", "--config", "c.yaml", "--metrics-listen", "nowhere"},
                           {}, directory.path());
  CHECK_THAT(started.err, StartsWith("scaleit: --metrics-listen='nowhere'"));
}

TEST_CASE("binary junk in an env file is passed over, and printable", "[env_file]") {
  std::string junk =
      "\x7f"
      "ELF\x02\x01";
  for (int c = 1; c < 256; ++c) junk += static_cast<char>(c);
  const auto said = settings_with(junk);
  CHECK(said == defaults);
  for (const char c : said.substr(0, said.size() - 1)) CHECK((c >= ' ' && c <= '~'));
}
