// The room `api`: the HTTP API. Programs and people add, change, pause, watch and remove
// targets through it while the daemon runs.
//
// It includes all rooms but `simulation` and `main`. The way in is this header. A request
// comes in on the API's thread, beside metrics and health: access.hpp says who may ask,
// bodies.hpp reads what is asked for. Then the control loop is asked (loop_calls.hpp),
// where control_side.hpp knows every target and target_changes.hpp makes the changes,
// once state_writer.hpp has them on the disk. The answer is put into words here again.
// Who follows events has event_clients.hpp. operations.hpp names what can be
// asked, for the router and for machines (/openapi.json).
#pragma once

#include "api/access.hpp"
#include "api/control_side.hpp"
#include "api/event_clients.hpp"
#include "api/loop_calls.hpp"
#include "api/operations.hpp"
#include "api/preconditions.hpp"
#include "net/router.hpp"
#include "spec/secret_store.hpp"
#include "telemetry/health.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::api {

/// What became of the config file that was read again.
struct reload_result {
  std::vector<std::string> problems;  ///< a line each; not empty: nothing has changed
  std::size_t added = 0, changed = 0, removed = 0, unchanged = 0;
};

/// The config file, as it was when it was read last.
struct config_state {
  std::string file;
  time_point read{};
  std::vector<std::string> problems;  ///< a line each; not empty: it is not in use
};

struct api_options {
  time_point started{};
  std::string record;  ///< its directory; empty: none
  std::string state;   ///< likewise
  std::optional<config_state> config;
  spec::environment variables;  ///< for references in specs
  std::size_t event_clients_max = bounds::api_event_clients_max;
  /// Reads the config file again, and calls back on any thread. Null: there is none.
  std::function<void(std::string why, std::function<void(const reload_result&)>)> reload;
  /// What the record tells of a target at a moment, on a thread of its own; the answer is
  /// an account, or why there is none. Null: there is no record.
  using past = std::variant<record::account, std::string>;
  std::function<void(std::string target, time_point at, std::function<void(past)>)>
      explain_past;
  /// One line for each change: who, what, from where. On the API's thread.
  std::function<void(const std::string&)> audit;
};

class api {
 public:
  /// `here` is the loop of the API's thread. All outlive it.
  api(api_options o, net::event_loop& here, net::event_loop& control_loop,
      control_side& targets, const telemetry::health& health, access_control access);

  /// For http_server.
  void operator()(net::server_request&& r, net::responder to);
  /// From now on these may ask.
  /// Who follows events shows his anew.
  void replace_tokens(tokens t) {
    if (access_.replace(std::move(t))) clients_.cut();
  }
  const tokens& tokens_in_use() const { return access_.in_use(); }
  void replace_config(config_state c) { options_.config = std::move(c); }
  bool has_tokens() const { return access_.has_tokens(); }

 private:
  using request = net::routed_request;
  /// Who has asked for the request that is being handled.
  struct asker {
    std::string who, from;
    std::string text() const {
      return from.empty() || who == from ? who : who + " from " + from;
    }
  };

  void add_routes();
  using handler = void (api::*)(request&&, net::responder);
  static handler handler_of(operation_id id);

  // -- the daemon (api.cpp) -----------------------------------------------
  void daemon(request&& r, net::responder to);
  void reload(request&& r, net::responder to);
  void events(request&& r, net::responder to);
  void describe(request&& r, net::responder to);
  // -- targets that are read (api_reads.cpp) ------------------------------
  void list(request&& r, net::responder to);
  void continue_list(const std::shared_ptr<listing>& l, const loop_calls::reply& reply);
  void get(request&& r, net::responder to);
  void decisions(request&& r, net::responder to);
  void explain(request&& r, net::responder to);
  void explain_past(const std::string& name, std::string_view at, bool text,
                    net::responder to);
  // -- and changed (api_changes.cpp) --------------------------------------
  void put(request&& r, net::responder to);
  void patch(request&& r, net::responder to);
  void remove(request&& r, net::responder to);
  void pause(request&& r, net::responder to);
  void resume(request&& r, net::responder to);
  void report(request&& r, net::responder to);
  void hold(const std::string& name, actors::operator_hold h, std::string_view verb,
            net::responder to);
  struct patching;
  void begin_patch(const std::shared_ptr<patching>& p);
  void apply_patch(const std::shared_ptr<patching>& p, const target_view& v);
  std::optional<net::server_response> refuse_unkeepable(const target_spec& spec) const;
  /// What became of one.
  struct changed {
    std::string name, by;
    std::string_view verb;
    actors::outcome outcome;
    refusal why;
    std::optional<target_view> now;
  };
  void change(change_request c, std::string_view verb, const loop_calls::reply& reply);
  void ask_for(change_request c);
  using change_handler = decltype(change_request::done);
  /// Tells who asks what became of it.
  change_handler answering(const std::string& name, const std::string& by,
                           std::string_view verb, const loop_calls::reply& reply);
  void answer_change(changed x, const loop_calls::reply& reply);

  api_options options_;
  net::event_loop& here_;
  control_side& targets_;
  const telemetry::health& health_;
  access_control access_;
  loop_calls calls_;
  event_clients clients_;
  spec::secret_store secrets_;
  /// One use for each reading of the record that goes on, or waits to, and ours.
  std::shared_ptr<int> past_readings_ = std::make_shared<int>();
  net::router router_;
  asker asker_;
};

/// The whole number that a parameter of a query is, or the answer.
std::variant<std::size_t, net::server_response> read_limit(const net::route_match& m,
                                                           std::size_t plain,
                                                           std::size_t most);
net::server_response json_answer(std::string body, int status = 200);
net::server_response no_such_target(const std::string& name);

}  // namespace scaleit::api
