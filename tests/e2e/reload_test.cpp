// A config file that becomes another while the daemon runs.
#include "tests/e2e/running.hpp"
#include "tests/e2e/scripted_application.hpp"
#include "tests/support/catch.hpp"

#include <csignal>
#include <filesystem>

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

std::string target(const std::string& name, std::uint16_t port, double held = 0.8) {
  return "- name: " + name + "\n  app: http://127.0.0.1:" + std::to_string(port) +
         "\n  metrics: [{name: cpu, value: /cpu/highPriority, target: " +
         std::to_string(held) + "}]\n";
}

std::string config(const std::string& targets) {
  return "defaults: {interval: 100ms}\ntargets:\n" + targets;
}

/// A daemon of a config file that others replace.
class configured {
 public:
  explicit configured(const std::string& text, const std::vector<std::string>& more = {})
      : file_(directory_.write("scaleit.yaml", text)) {
    std::vector<std::string> arguments{"--config", file_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    scaler_.emplace(scaler_options{.arguments = arguments});
  }
  scaler* operator->() { return &*scaler_; }
  const fs::path& directory() const { return directory_.path(); }
  const std::string& file() const { return file_; }

  void write(const std::string& text) { directory_.write("scaleit.yaml", text); }
  /// As editors do it, and all who care for what they write.
  void replace(const std::string& text) {
    fs::rename(directory_.write("new.yaml", text), file_);
  }
  bool told(const std::string& what, std::size_t times = 1) {
    return eventually([&] { return count_of(what, scaler_->log()) >= times; });
  }
  std::string outcome(const std::string& why, const std::string& what) {
    const auto line = "config file read again (" + why + "): " + what;
    return told(line) ? "" : "not told: " + line + "\n" + scaler_->log();
  }

 private:
  temporary_directory directory_;
  std::string file_;
  std::optional<scaler> scaler_;
};

const std::string another = "it is another file";

}  // namespace

TEST_CASE("a changed file is read again, and what changed in it is made so", "[reload]") {
  scripted_application one{16}, two{9}, three{16};
  configured d{config(target("one", one.port()) + target("two", two.port()))};
  REQUIRE(eventually([&] { return one.replicas() == 20 && two.replicas() == 12; }));
  CHECK(d->metrics().value("scaleit_config_good") == 1);

  d.write(config(target("one", one.port()) + target("two", two.port(), 0.6) +
                 target("three", three.port())));
  CHECK(d.outcome(another, "1 added, 1 changed, 0 removed, 1 unchanged") == "");
  REQUIRE(eventually([&] { return two.replicas() == 15 && three.replicas() == 20; }));
  CHECK(one.replicas() == 20);

  d.replace(config(target("one", one.port())));
  CHECK(d.outcome(another, "0 added, 0 changed, 2 removed, 1 unchanged") == "");
  REQUIRE(eventually([&] { return d->metrics().value("scaleit_targets") == 1; }));
  const auto polls = two.polls();
  const auto others = one.polls();
  REQUIRE(eventually([&] { return one.polls() > others + 5; }));
  CHECK(two.polls() <= polls + 1);
  CHECK(d->metrics().value("scaleit_actor_restarts_total") <= 0);
  CHECK(d->metrics().value("scaleit_config_reloads_total", {R"(outcome="good")"}) == 2);
  CHECK(d->stop(SIGTERM) == 0);
}

TEST_CASE("a symbolic link that moves is another file", "[reload]") {
  const temporary_directory at;
  scripted_application one{16}, two{16};
  // As a ConfigMap is mounted: the file is a link through a link to a directory.
  fs::create_directories(at.path() / "v1");
  fs::create_directories(at.path() / "v2");
  at.write("v1/scaleit.yaml", config(target("one", one.port())));
  at.write("v2/scaleit.yaml",
           config(target("one", one.port()) + target("two", two.port())));
  fs::create_directory_symlink("v1", at.path() / "..data");
  fs::create_symlink("..data/scaleit.yaml", at.path() / "scaleit.yaml");
  scaler d{{.arguments = {"--config", (at.path() / "scaleit.yaml").string()}}};
  REQUIRE(eventually([&] { return one.replicas() == 20; }));
  fs::create_directory_symlink("v2", at.path() / "..data_tmp");
  fs::rename(at.path() / "..data_tmp", at.path() / "..data");
  CHECK(eventually([&] { return two.replicas() == 20; }));
  CHECK(d.stop(SIGTERM) == 0);
}

TEST_CASE("a file that is wrong changes nothing, and says so until it is mended",
          "[reload]") {
  scripted_application one{12};
  const auto good = config(target("one", one.port()));
  configured d{good};
  REQUIRE(eventually([&] { return one.replicas() == 15; }));
  d.replace(good + "oops: 1\n");
  REQUIRE(d.told("config file not used: " + d.file() + ":6:1: unknown key 'oops'"));
  CHECK(d->metrics().value("scaleit_config_good") == 0);
  fs::remove(d.file());
  REQUIRE(d.told("config file not used: ", 2));
  one.set_load(14);
  CHECK(eventually([&] { return one.replicas() == 18; }));
  d.write(good);
  CHECK(d.outcome(another, "0 added, 0 changed, 0 removed, 1 unchanged") == "");
  CHECK(d->metrics().value("scaleit_config_good") == 1);
  CHECK(d->metrics().value("scaleit_config_reloads_total", {R"(outcome="bad")"}) == 2);
  CHECK(d->stop(SIGTERM) == 0);
}

TEST_CASE("of two reloads the second counts, however large the first is", "[reload]") {
  const auto names = [](int n) {
    std::string all = "defaults: {interval: 1h}\ntargets:\n";
    for (int i = 0; i < n; ++i)
      all += "- {name: t" + std::to_string(i) +
             ", app: http://127.0.0.1:1, metrics: [{name: c, value: /c, target: 1}]}\n";
    return all;
  };
  configured d{names(1), {"--watch=false"}};
  REQUIRE(eventually([&] { return d->metrics().value("scaleit_targets") == 1; }));
  d.write(names(3000));
  d->process().signal(SIGHUP);
  std::this_thread::sleep_for(20ms);  // after it began to read, or before it ended
  d.write(names(2));
  d->process().signal(SIGHUP);
  CHECK(eventually([&] { return d->metrics().value("scaleit_targets") == 2; }));
  std::this_thread::sleep_for(200ms);
  CHECK(d->metrics().value("scaleit_targets") == 2);
}

TEST_CASE("SIGHUP reads the file again, too; without a watch only that does",
          "[reload]") {
  scripted_application one{16}, two{16};
  configured d{config(target("one", one.port())), {"--watch=false"}};
  REQUIRE(eventually([&] { return one.replicas() == 20; }));
  d.write(config(target("one", one.port()) + target("two", two.port())) +
          "listen: {metrics: \"127.0.0.1:1\"}\n");
  std::this_thread::sleep_for(2500ms);  // it would have looked twice
  CHECK(two.polls() == 0);
  d->process().signal(SIGHUP);
  CHECK(d.outcome("SIGHUP", "1 added, 0 changed, 0 removed, 1 unchanged") == "");
  CHECK(
      d.told("listen.metrics is another one in the config file now; that takes effect "
             "at the next start"));
  CHECK(eventually([&] { return two.replicas() == 20; }));
  CHECK(d->stop(SIGTERM) == 0);
}
