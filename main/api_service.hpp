// The API as a part of the daemon: its listener on the watch's thread, what it keeps on
// the disk, and its ways to the control loop and to the config file.
#pragma once

#include "api/api.hpp"
#include "main/daemon.hpp"
#include "main/reload.hpp"
#include "net/server.hpp"

#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <string>

namespace scaleit::main {

class api_service {
 public:
  /// `here` runs on the watch's thread; `reload` may be null. All outlive it. What was
  /// kept is given to `control`, which has not started. Throws spec::input_error for
  /// settings that cannot be, and cannot_listen.
  api_service(const daemon_options& o, time_point started, net::event_loop& here,
              net::event_loop& control_loop, actors::control_loop& control,
              const telemetry::health& health, reload* file);
  ~api_service();

  /// `http://127.0.0.1:8001`; empty: it is not served.
  std::string url() const;
  /// Reads the files of certificates and tokens again, of these or of those that there
  /// were. From any
  /// thread; what is wrong with them is logged, and then nothing changes.
  void reload_credentials(std::optional<spec::auth_spec> auth);
  /// From any thread.
  void tell_config(api::config_state c);
  /// Once the control loop has ended: what waits is written.
  void finish();

 private:
  api::api_options options_for(const daemon_options& o, time_point started, reload* file);
  void restore(actors::control_loop& control, const std::string& directory,
               net::event_loop& control_loop);

  net::event_loop& here_;
  spec::auth_spec auth_;  ///< on the loop
  const std::string token_file_option_;
  spec::listen_address at_;
  const bool tls_;
  std::unique_ptr<api::state_writer> state_;
  std::unique_ptr<api::control_side> targets_;
  std::unique_ptr<api::api> api_;
  std::unique_ptr<net::http_server> server_;
  std::atomic<bool> stopping_ = false;
  net::asio::thread_pool past_{1};  ///< reads the record; the last, as it uses the others
};

}  // namespace scaleit::main
