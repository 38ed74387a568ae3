// What a config file sets besides its targets. Defaults are the member initialisers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace scaleit::spec {

/// What the API's listener shows and whom it believes; all are files in PEM.
struct api_tls_spec {
  std::string cert;
  std::string key;
  std::string client_ca;  ///< of those who may connect; empty: everybody
  bool operator==(const api_tls_spec&) const = default;
};

struct listen_spec {
  std::string metrics = "0.0.0.0:8000";
  std::string api = "127.0.0.1:8001";
  std::optional<api_tls_spec> api_tls;
  bool operator==(const listen_spec&) const = default;
};

enum class api_access : std::uint8_t { read, write };

struct token_spec {
  std::string name;  ///< who it is, in the log and in events
  std::string file;
  api_access access = api_access::read;
  bool operator==(const token_spec&) const = default;
};

struct auth_spec {
  std::string token_file;  ///< of one that may write; empty: none
  std::vector<token_spec> tokens;
  bool any() const { return !token_file.empty() || !tokens.empty(); }
  bool operator==(const auth_spec&) const = default;
};

/// Whether each target has series of its own.
enum class per_target_series : std::uint8_t {
  when_few,  ///< up to bounds::targets_with_series
  always,
  never,
};

struct metrics_spec {
  per_target_series per_target = per_target_series::when_few;
  bool operator==(const metrics_spec&) const = default;
};

/// Where events are kept.
struct record_spec {
  std::string dir;
  /// Then a new segment begins; at most half of what is kept.
  std::uint64_t segment_bytes = 64ULL << 20;
  std::uint64_t keep_bytes = 1ULL << 30;  ///< of all segments, as they are on disk
  bool operator==(const record_spec&) const = default;
};

struct config_spec {
  listen_spec listen;
  auth_spec auth;
  bool insecure = false;  ///< the API may be reached from elsewhere, open as it is
  std::string state;      ///< directory of what the API made; empty: none
  metrics_spec metrics;
  std::optional<record_spec> record;
  bool operator==(const config_spec&) const = default;
};

}  // namespace scaleit::spec
