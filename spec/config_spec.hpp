// What a config file sets besides its targets. Defaults are the member initialisers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace scaleit::spec {

struct listen_spec {
  std::string metrics = "0.0.0.0:8000";
  std::string api = "127.0.0.1:8001";
  bool operator==(const listen_spec&) const = default;
};

struct auth_spec {
  std::string token_file;  ///< empty: none
  bool operator==(const auth_spec&) const = default;
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
  std::optional<record_spec> record;
  bool operator==(const config_spec&) const = default;
};

}  // namespace scaleit::spec
