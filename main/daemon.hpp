// The room `main`: the binary. One file for each command reads its options and calls the
// rooms; nothing here is included by another room.
//
// It may include all of them. Begin with main.cpp, then a command (run_command.cpp,
// replay_command.cpp, ...). This header is where the daemon is put together: the control
// loop of `actors`, the second thread beside it (watch.hpp), the record (recording.hpp)
// and the log (logging.hpp).
//
// The daemon: the control loop, its actors, and the watch beside it.
#pragma once

#include "main/chaos_plan.hpp"
#include "main/descriptors.hpp"
#include "messages/log_line.hpp"
#include "messages/target_spec.hpp"
#include "record/record_writer.hpp"
#include "spec/config_spec.hpp"
#include "spec/listen.hpp"
#include "spec/secret_store.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace scaleit::main {

struct daemon_options {
  descriptor_shares descriptors{};
  spec::listen_address metrics{"0.0.0.0", 8000};
  spec::listen_address api{"127.0.0.1", 8001};
  bool api_chosen = false;  ///< by the user; otherwise it may be left out
  spec::auth_spec auth;     ///< who may use the API
  bool insecure = false;    ///< the API may be open to others
  std::optional<spec::api_tls_spec> api_tls;
  std::string state;                  ///< directory of what the API made; empty: none
  std::string env_file;               ///< that was read, for the log
  std::string config_file;            ///< likewise; empty: none
  spec::config_spec settings;         ///< what it says besides its targets
  bool watch_config = true;           ///< read it again when it is another
  std::vector<std::string> warnings;  ///< about what it says, for the log
  std::string ca_file;                ///< PEM for https; empty: the system's roots
  chaos_rates chaos;
  log_level level = log_level::info;
  std::optional<spec::record_spec> record;  ///< where events are kept
  std::vector<target_ptr> targets;
  /// What references in their headers stand for.
  std::shared_ptr<spec::secret_store> secrets = std::make_shared<spec::secret_store>();
};

/// Runs until a signal asks it to stop. The log has been started. Answers the exit code;
/// what goes wrong at the start is one line on stderr.
int run_daemon(const daemon_options& options);

}  // namespace scaleit::main
