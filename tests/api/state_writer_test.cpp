#include "api/state_writer.hpp"

#include "messages/bounds.hpp"
#include "tests/api/state.hpp"
#include "tests/support/catch.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <future>
#include <string>

using namespace scaleit;
using namespace scaleit::api;
using namespace scaleit::test;

namespace {

/// Lets nothing be written before it is told to.
class gate {
 public:
  state_folder::faults fault() {
    return [this, open = opened_.get_future().share()](std::string_view what) {
      if (what == "sync folder") ++batches;
      open.wait();
      return error;
    };
  }
  void open() { opened_.set_value(); }

  std::error_code error{};
  std::atomic<int> batches{0};

 private:
  std::promise<void> opened_;
};

}  // namespace

TEST_CASE("changes are made in their order, and those that wait are written together") {
  const temporary_directory d;
  boost::asio::io_context io;
  gate g;
  state_writer w{state_folder{state_in(d), g.fault()}, io.get_executor()};
  std::vector<int> done;
  const auto keep = [&](const std::string& name, int n) {
    return w.keep(name, kept(name, n).what, [&done, n](const auto& error) {
      CHECK(!error);
      done.push_back(n);
    });
  };
  for (int n = 1; n <= 40; ++n) CHECK(keep("t" + std::to_string(n), n));
  CHECK(keep("t1", 41));  // again: another write
  CHECK(keep("t1", 42));
  CHECK(io.poll() == 0);
  io.restart();
  g.open();
  w.finish(std::chrono::minutes{1});
  io.run();
  CHECK(done.size() == 42);
  CHECK(std::ranges::is_sorted(done));
  CHECK(g.batches <= 5);
  CHECK(files_of(state_in(d)).at("t1.json") == state_text(kept("t1", 42)));
  CHECK_FALSE(keep("late", 1));
}

TEST_CASE("a change that cannot be written is answered with the reason") {
  const temporary_directory d;
  boost::asio::io_context io;
  gate g;
  g.error = {ENOSPC, std::generic_category()};
  g.open();
  std::vector<std::string> errors;
  {
    state_writer w{state_folder{state_in(d), g.fault()}, io.get_executor()};
    w.keep("web", kept("web").what,
           [&](const auto& error) { errors.push_back(error.value_or("")); });
  }
  io.run();
  CHECK(errors ==
        std::vector<std::string>{"the state folder '" + state_in(d) +
                                 "' cannot be written: No space left on device"});
  CHECK(files_of(state_in(d)).empty());
}

TEST_CASE("only so many changes wait") {
  const temporary_directory d;
  boost::asio::io_context io;
  gate g;
  std::size_t taken = 0, answered = 0, ended = 0;
  {
    state_writer w{state_folder{state_in(d), g.fault()}, io.get_executor()};
    while (
        w.keep("t" + std::to_string(taken), {{}, {true, true}}, [&](const auto& error) {
          ++answered;
          if (error == "the daemon is about to end") ++ended;
        }))
      ++taken;
    CHECK(taken >= bounds::api_waiting_max);
    CHECK(taken <= bounds::api_waiting_max + 64);
    g.open();
    w.finish(std::chrono::milliseconds{0});
  }
  io.run();
  CHECK(answered == taken);
  CHECK(ended >= taken - 128);
  CHECK(files_of(state_in(d)).size() == taken - ended);
}
