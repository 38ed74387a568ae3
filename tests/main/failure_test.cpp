#include "main/failure.hpp"

#include "tests/support/catch.hpp"

#include <boost/system/system_error.hpp>

#include <cerrno>
#include <new>
#include <system_error>

using namespace scaleit::main;

namespace {

std::string said(int number) {
  const auto as_std =
      failure_sentence(std::system_error{number, std::generic_category(), "x"});
  const auto as_asio = failure_sentence(
      boost::system::system_error{{number, boost::system::system_category()}, "x"});
  const auto as_system =
      failure_sentence(std::system_error{number, std::system_category(), "x"});
  CHECK(as_std == as_asio);
  CHECK(as_std == as_system);
  return as_std;
}

}  // namespace

TEST_CASE("of what there is too little is said") {
  CHECK_THAT(said(EAGAIN), ContainsSubstring("no thread can be started"));
  CHECK_THAT(said(EMFILE), ContainsSubstring("too many open files: at most "));
  CHECK_THAT(said(ENFILE), ContainsSubstring("in the whole system"));
  CHECK_THAT(said(ENOMEM), ContainsSubstring("out of memory"));
  CHECK(failure_sentence(std::bad_alloc{}) == said(ENOMEM));
}

TEST_CASE("any other failure is in its own words, in one line") {
  CHECK(failure_sentence(std::runtime_error{"what\nhappened"}).find('\n') ==
        std::string::npos);
}
