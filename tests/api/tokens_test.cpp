#include "api/tokens.hpp"

#include "messages/bounds.hpp"
#include "spec/input_error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"

#include <fcntl.h>
#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace scaleit;
using namespace scaleit::api;
using namespace scaleit::test;
using spec::api_access;

namespace {

const std::string good = "0123456789abcdef0123456789abcdef";

std::string token_error(const spec::auth_spec& a, const tokens* before = nullptr) {
  try {
    tokens::read(a, before);
  } catch (const spec::input_error& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("tokens are read from files, and each is somebody's") {
  const temporary_directory d;
  spec::auth_spec a;
  CHECK_FALSE(tokens::read(a).any());
  a.token_file = d.write("main", good + "\n");
  a.tokens = {{"ci", d.write("ci", "ci-" + good + "\r\n"), api_access::write},
              {"grafana", d.write("grafana", "g-" + good), api_access::read}};
  const auto t = tokens::read(a);
  CHECK(t.size() == 3);
  CHECK(t.warnings().empty());
  REQUIRE(t.find(good));
  CHECK(t.find(good)->name == "token-file");
  CHECK(t.find(good)->access == api_access::write);
  CHECK(t.find("ci-" + good)->name == "ci");
  CHECK(t.find("g-" + good)->access == api_access::read);
  for (const auto& wrong : {std::string{}, good + "\n", good.substr(1), good + "0",
                            "G-" + good, std::string(100'000, 'x')})
    CHECK(t.find(wrong) == nullptr);
}

TEST_CASE("what is no token is an error that does not quote it") {
  const temporary_directory d;
  const auto of = [&](std::string_view text) {
    const auto error = token_error({d.write("token", text), {}});
    CHECK_FALSE(has(error, "sesame"));
    CHECK_FALSE(has(error, "\n"));
    return error;
  };
  const auto file = (d.path() / "token").string();
  CHECK(of("") == "auth.tokenFile: " + file +
                      " is empty; accepted: a file with one token, at most 4096 visible "
                      "characters of ASCII on one line");
  CHECK(has(of("\n\n"), "is empty"));
  CHECK(has(of("open sesame\n"), "holds a blank (byte 5 of 11)"));
  CHECK(has(of("sesame\nsesame\n"), "holds a second line (byte 7 of 13)"));
  CHECK(has(of("\xEF\xBB\xBFsesame"), "holds a character that is not visible (byte 1"));
  CHECK(has(of(std::string("sesame\0x", 8)), "not visible (byte 7"));
  CHECK(has(of(" sesame"), "holds a blank (byte 1"));
  CHECK(has(of(std::string(4097, 'x')), "holds 4097 bytes"));
  CHECK(of(std::string(4096, 'x')) == "accepted");
  CHECK(has(of(std::string(bounds::secret_bytes_max + 1, 'x')), "is too large"));
  CHECK(has(token_error({{}, {{"ci", d.path() / "nowhere", api_access::read}}}),
            "auth.tokens[0].file: "));
  CHECK(has(token_error({d.path(), {}}), "is a directory"));
}

TEST_CASE("a token that two have is an error") {
  const temporary_directory d;
  const spec::auth_spec a{d.write("a", good),
                          {{"ci", d.write("b", good + "\n"), api_access::read}}};
  CHECK(has(token_error(a), "auth.tokens[0].file: "));
  CHECK(has(token_error(a), "holds the token of auth.tokenFile, too"));
}

TEST_CASE("a token that can be guessed is warned of") {
  const temporary_directory d;
  const spec::auth_spec a{d.write("a", "sesame"),
                          {{"ci", d.write("b", "0123456789abcdef"), api_access::read}}};
  const auto t = tokens::read(a);
  REQUIRE(t.warnings().size() == 1);
  CHECK(has(t.warnings()[0], "auth.tokenFile: "));
  CHECK(has(t.warnings()[0], "has 6 bytes"));
  CHECK_FALSE(has(t.warnings()[0], "sesame"));
  CHECK(t.find("sesame")->guessable);
  CHECK_FALSE(t.find("0123456789abcdef")->guessable);
}

TEST_CASE("a reload reads files again, but no pipe") {
  const temporary_directory d;
  const auto pipe = (d.path() / "pipe").string();
  ::mkfifo(pipe.c_str(), 0600);
  const spec::auth_spec a{d.write("file", "a-" + good),
                          {{"piped", pipe, api_access::read}}};
  const int end = ::open(pipe.c_str(), O_RDWR);
  REQUIRE(::write(end, good.data(), good.size()) == static_cast<ssize_t>(good.size()));
  std::thread writer{[end] {
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    ::close(end);
  }};
  const auto first = tokens::read(a);
  writer.join();
  d.write("file", "b-" + good);
  const auto second = tokens::read(a, &first);
  CHECK(second.find("a-" + good) == nullptr);
  CHECK(second.find("b-" + good));
  CHECK(second.find(good)->name == "piped");
  d.write("file", "");
  CHECK(has(token_error(a, &second), "is empty"));
  std::filesystem::remove(d.path() / "file");
  CHECK(has(token_error(a, &second), "No such file"));
}
