// Asks a running daemon, and turns what it says no to into a sentence and an exit code.
//
// Everything that comes from it is bounded in size and time: what answers at that address
// may be something else altogether.
#pragma once

#include "api/problem_types.hpp"
#include "main/api_address.hpp"
#include "net/client.hpp"
#include "spec/document.hpp"

#include <chrono>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::main {

struct api_request {
  net::verb method = net::verb::get;
  std::string path;    ///< with its query: "/api/v1/targets?limit=10"
  std::string body{};  ///< JSON
  std::string accept = "application/json";
  std::chrono::milliseconds timeout{10'000};
};

/// No answer: nobody is there, or too late. what() is the whole sentence.
struct api_unreachable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// An answer that is no: what() is the daemon's own sentence.
struct api_refusal : std::runtime_error {
  api_refusal(int http_status, const std::string& sentence,
              std::vector<std::string> more = {}, std::string problem_type = {})
      : std::runtime_error{sentence},
        status(http_status),
        type(std::move(problem_type)),
        details(std::move(more)) {}
  int status;
  std::string type;
  std::vector<std::string> details;  ///< further lines: each mistake of a spec

  /// A line that also says of what, and then the details.
  std::vector<std::string> lines(std::string_view of_what = {}) const;
  int exit_code() const;
  /// There is no such target; another 404 is of somebody who is no daemon.
  bool is_absence() const { return status == 404 && type == api::no_such_target_type; }
};

/// What an answer other than 2xx says.
api_refusal refusal_of(int status, std::string_view body);

class api_client {
 public:
  explicit api_client(api_address to);

  /// Waits for the answer, and gives its body. Throws api_unreachable and api_refusal.
  std::string ask(const api_request& r);
  /// The same, read: an object of JSON.
  spec::document_ptr ask_document(const api_request& r);
  /// `status` tells 200 from 201.
  spec::document_ptr ask_document(const api_request& r, int& status);

  /// Does not wait: `done` is called from within run() of the loop.
  void submit(const api_request& r, std::function<void(net::http_response&&)> done);
  net::http_client::ticket stream(const api_request& r, std::chrono::milliseconds silence,
                                  const std::string& last_id, net::stream_handlers h);
  void cancel(net::http_client::ticket t) { client_.cancel(t); }

  /// The body of a good answer; else throws as ask() does.
  std::string body_of(net::http_response&& r) const;
  api_unreachable unreachable(const failure& why) const;
  spec::document_ptr read(std::string_view body) const;
  api_unreachable no_daemon() const;
  /// What an answer other than 2xx says, if a daemon may have said it.
  std::exception_ptr refused(int status, std::string_view body) const;

  net::event_loop& loop() { return loop_; }
  const api_address& address() const { return to_; }

 private:
  net::http_request request_of(const api_request& r) const;
  net::http_response wait_for(const api_request& r);

  api_address to_;
  net::event_loop loop_;
  net::pooled_client client_;
};

/// One segment of a path, whatever is in it.
std::string path_segment(std::string_view text);

void remove_target(api_client& api, const std::string& name);

/// `/api/v1/targets/NAME`, and what is below.
std::string target_path(std::string_view name, std::string_view below = {});

}  // namespace scaleit::main
