// `scaleit app`: the sample application, to try the daemon against.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace scaleit::main {

/// As given on the command line; run_app() checks what is text.
struct app_options {
  std::string listen = "127.0.0.1";  ///< an IPv4 or IPv6 literal
  std::uint16_t port = 8123;         ///< 0: any free one
  std::string load = "sine";         ///< simulation::parse_load_shape() reads it
  double error_rate = 0.02;          ///< 0 to 1
  std::string startup = "0s";        ///< 0 to bounds::sample_startup_max
  std::uint64_t seed = 1;
  std::size_t count = 0;  ///< 0: one, at /app/...; else that many, at /apps/<i>/app/...
  int replicas = 10;      ///< at the start, 1 to bounds::sample_replicas_max
  double capacity = 1;    ///< requests per second at which one replica's metric is 1.0
};

/// Adds the command and binds its options to `options`, which must live until
/// the command line is parsed. Parse errors are CLI11's.
CLI::App* add_app_command(CLI::App& root, app_options& options);

/// Serves until SIGINT or SIGTERM. 0: ended by one; 2: an option is wrong; 3: cannot
/// listen. Errors are one line on stderr.
int run_app(const app_options& options);

}  // namespace scaleit::main
