// Config files as the commands load them: secrets, and what other rooms know.
#include "spec/config_file.hpp"

#include "spec/input_error.hpp"
#include "spec/listen.hpp"
#include "tests/support/catch.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace scaleit;
using namespace scaleit::spec;

namespace {

/// Written for one test, and gone with it.
class some_file {
 public:
  explicit some_file(std::string_view text)
      : path_(std::filesystem::temp_directory_path() /
              fmt::format("scaleit-config-test-{}", ::getpid())) {
    std::ofstream{path_, std::ios::binary} << text;
  }
  ~some_file() { std::filesystem::remove(path_); }
  some_file(const some_file&) = delete;
  some_file& operator=(const some_file&) = delete;
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

std::string with_header(std::string_view value) {
  return fmt::format(
      "name: a\napp: http://h\nmetrics: [{{name: c, value: /c, target: 1}}]\n"
      "status: {{headers: {{Authorization: \"{}\"}}}}\n",
      value);
}

loaded_config load(const std::string& text, config_use use,
                   const environment& env = environment{}) {
  return read_config_text(text, "f", use, env);
}

std::string problems(const loaded_config& c) {
  return fmt::format("{}", fmt::join(told(c), "\n"));
}

}  // namespace

TEST_CASE("references to secrets are looked up when the daemon starts, and stay") {
  const some_file file{"from-file\r\n"};
  const environment env{{{"TOKEN", "s3cret"}, {"EMPTY", ""}}};
  const auto text =
      with_header(fmt::format("B ${{TOKEN}}-${{EMPTY}}-${{file:{}}}", file.path()));
  const auto run = load(text, config_use::run, env);
  REQUIRE(problems(run) == "");
  const auto& headers = run.content.targets.at(0).status.headers;
  CHECK(headers.at(0).value.starts_with("B ${TOKEN}-${EMPTY}-${file:"));
  secret_store store{env};
  secret_headers sent{headers, store};
  CHECK(sent.refresh({}));
  CHECK(sent.values() == std::vector<header>{{"Authorization", "B s3cret--from-file"}});
  const auto check = load(text, config_use::check, env);
  CHECK(problems(check) == "");
  CHECK(check.content.targets.at(0).status.headers.at(0).value.starts_with("B ${TOKEN}"));
}

TEST_CASE("a secret that cannot be had stops the start, and is a warning in check") {
  const auto text = with_header("Bearer ${NOWHERE}");
  const auto run = load(text, config_use::run);
  CHECK_FALSE(run.good());
  CHECK(problems(run) == "f:4:20: status.headers.Authorization: ${NOWHERE} is not set");
  const auto check = load(text, config_use::check);
  CHECK(check.good());
  CHECK(problems(check) ==
        "f:4:20: warning: status.headers.Authorization: ${NOWHERE} is not set here");
  CHECK(problems(load(text, config_use::policy)) == "");
  CHECK_THAT(problems(load(with_header("${file:/nowhere/x}"), config_use::run)),
             StartsWith("f:4:20: status.headers.Authorization: ${file:/nowhere/x} cannot "
                        "be read: /nowhere/x: No such file or directory"));
}

TEST_CASE("an expanded value that is no header's is refused without being quoted") {
  const environment env{{{"TOKEN", "s3cret\r\nX: y"}}};
  const auto run = load(with_header("${TOKEN}"), config_use::run, env);
  CHECK(problems(run) ==
        "f:4:20: status.headers.Authorization: the value holds a control character, a "
        "line break (byte 7 of 12)");
  const environment line{{{"TOKEN", "s3cret\n"}}};
  CHECK(problems(load(with_header("${TOKEN}"), config_use::run, line)) == "");
  const environment large{{{"TOKEN", std::string(70'000, 'x')}}};
  CHECK(problems(load(with_header("${TOKEN}"), config_use::run, large)) ==
        "f:4:20: status.headers.Authorization: longer than 65536 bytes");
}

TEST_CASE("a credential in clear text is warned of, a hidden one is refused") {
  for (const auto use : {config_use::run, config_use::check}) {
    const auto clear = load(with_header("Bearer s3cret"), use);
    CHECK(clear.good());
    CHECK(problems(clear) ==
          "f:4:20: warning: status.headers.Authorization: a credential in clear text; "
          "${VAR} or ${file:/path} in its place keeps it out of this file");
    const auto hidden_one = load(with_header("Bearer ***"), use);
    CHECK_FALSE(hidden_one.good());
    CHECK(problems(hidden_one) ==
          "f:4:20: status.headers.Authorization: '***' stands for a credential that was "
          "hidden where this was copied from; accepted: the value, or ${VAR} or "
          "${file:/path} in its place");
  }
  // A record has it for a policy to be replayed.
  CHECK(problems(load(with_header("***"), config_use::recorded)) == "");
  CHECK(problems(load(with_header("***"), config_use::policy)) == "");
}

TEST_CASE("URLs are checked, and credentials in them are not quoted") {
  const auto of = [](std::string_view url) {
    return problems(load(fmt::format("name: a\napp: '{}'\nmetrics: [{{name: c, value: "
                                     "/c, target: 1}}]\n",
                                     url),
                         config_use::check));
  };
  const auto of_metric = [](std::string_view url) {
    return problems(
        load(fmt::format("name: a\napp: http://h\nmetrics: [{{name: c, value: "
                         "/c, target: 1, url: '{}'}}]\n",
                         url),
             config_use::check));
  };
  CHECK(of("http://h/x?token=s3cret") ==
        "f:2:1: app: holds a '?', and a path is put behind it; a query can stand in "
        "status.url and scale.url");
  CHECK(of("http://h/x#s3cret") ==
        "f:2:1: app: holds a '#', and what follows that is never sent; a '#' that is "
        "meant is written %23");
  CHECK(of("http://b\xC3\xBC"
           "cher.example:8123") ==
        "f:2:1: app: the host 'b\xC3\xBC"
        "cher.example:8123' is not ASCII; accepted: its "
        "form in ASCII, xn--...");
  CHECK(of("http://[fe80::1%25eth0]:8123") ==
        "f:2:1: app: the host '[fe80::1%25eth0]:8123' has a zone (%), which is not "
        "supported; accepted: an IPv6 address without one");
  CHECK(of("http://{host}/") ==
        "f:2:1: app: the host '{host}' holds a '{'; accepted: letters, digits, '-', '.' "
        "and '_'");
  CHECK(of("http://h/a|b") ==
        "f:2:1: app: the path of the URL holds '|', which is written "
        "%7C");
  CHECK(of("http://h/%zz") ==
        "f:2:1: app: the path of the URL holds '%', which is written %25");
  CHECK(of("http://h/a%2") ==
        "f:2:1: app: the path of the URL holds '%', which is written %25");
  CHECK(of_metric("http://h/q?query=100%") ==
        "f:3:43: metrics[0].url: the query of the URL holds '%', which is written %25");
  CHECK(of("http://h/a%20b") == "");
  CHECK(
      of_metric("http://h/q?token=s3cret") ==
      "f:3:43: warning: metrics[0].url: a credential in clear text stands in the query; "
      "a header with ${VAR} or ${file:/path} keeps it out of this file");
  CHECK(
      of_metric("http://h/q?token=***") ==
      "f:3:43: metrics[0].url: '***' stands for a credential that was hidden where this "
      "was copied from; accepted: the URL with its value");
  CHECK(of_metric("http://h/q?query=up{job=\"a\"}") ==
        "f:3:43: metrics[0].url: the query of the URL holds '{', which is written %7B");
  CHECK(of_metric("http://h/q?query=rate(x[5m])") ==
        "f:3:43: metrics[0].url: the query of the URL holds '[', which is written %5B");
  CHECK_THAT(of_metric("http://h/q?query=up#x"),
             ContainsSubstring("metrics[0].url: holds a '#'"));
  CHECK(of("https://h:1/x") == "");
  CHECK_THAT(of("ftp://h"), StartsWith("f:2:1: app: URL \"ftp://h\": scheme"));
  CHECK_THAT(of("localhost:80"), StartsWith("f:2:1: app: URL \"localhost:80\": "));
  for (const auto* secret : {"http://me:s3cret@h", "http://h/?token=s3cret%zz",
                             "http://h:x/?token=s3cret", "http://h/?a=s3cret b"}) {
    CAPTURE(secret);
    CHECK_THAT(of(secret), StartsWith("f:2:1: app: "));
    CHECK(of(secret).find("s3cret") == std::string::npos);
  }
}

TEST_CASE("addresses to listen on are checked as those of the options are") {
  CHECK(problems(load("{listen: {metrics: \"1.2.3.4\", api: \"[::1]:1\"}, targets: []}",
                      config_use::check)) ==
        "f:1:11: listen.metrics: '1.2.3.4' is not valid; accepted: ADDR:PORT, such as "
        "0.0.0.0:8000 or [::]:8000, or unix:/path, of at most 107 bytes\n"
        "f:1:48: warning: targets: there is none: nothing is scaled");
  const listen_spec plain;
  CHECK(parse_listen("metrics", plain.metrics).text() == "0.0.0.0:8000");
  CHECK(parse_listen("api", plain.api).text() == "127.0.0.1:8001");
}

TEST_CASE("a file is read, and one that cannot be is an input error") {
  const some_file file{with_header("x")};
  CHECK(load_config(file.path(), config_use::check).content.targets.size() == 1);
  CHECK_THROWS_AS(load_config("/nowhere/at.all", config_use::check), input_error);
  CHECK_THROWS_AS(load_config("/tmp", config_use::check), input_error);
}

TEST_CASE("the example is right") {
  const auto example =
      load_config(SCALEIT_SOURCE_DIR "/compose/scaleit.yaml", config_use::run);
  CHECK(problems(example) == "");
  REQUIRE(example.content.targets.size() == 2);
  CHECK(example.content.targets[0].shadow.size() == 1);
  CHECK(example.content.targets[1].mode == scaling_mode::dry_run);
}

TEST_CASE("of very many mistakes the first thousand are told, and the rest counted") {
  std::string text = "targets:\n";
  for (int i = 0; i < 600; ++i)
    text += fmt::format("- {{name: t{}, app: \"http://h\", metrics: 1, mode: 2}}\n", i);
  const auto lines = told(load(text, config_use::check));
  CHECK(lines.size() == 1001);
  CHECK(lines.back() == "f: and 200 more");
}
