// The tokens that open the API, read from their files and compared so that nothing is
// learnt from how long it takes.
//
// What is no token is an error; one that can be guessed is a warning, and has no part in
// what is granted to the others (access.hpp).
#pragma once

#include "api/sha256.hpp"
#include "spec/config_spec.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::api {

/// Whose token it is.
struct token_holder {
  std::string name;
  spec::api_access access = spec::api_access::read;
  bool guessable = false;  ///< so short that somebody may try them all
  bool operator==(const token_holder&) const = default;
};

/// Those who may use the API; none: everybody. Only hashes are kept.
class tokens {
 public:
  tokens() = default;
  /// Reads their files, at the start and again on reload, when `before` are those in use:
  /// a pipe has said what it has to say. Throws spec::input_error, one line that names
  /// the setting and the file.
  static tokens read(const spec::auth_spec& a, const tokens* before = nullptr);

  bool any() const { return !all_.empty(); }
  std::size_t size() const { return all_.size(); }
  /// A line for each that can be guessed.
  const std::vector<std::string>& warnings() const { return warnings_; }
  /// Takes as long whether it is one, and whichever. Null: it is none.
  const token_holder* find(std::string_view given) const;
  bool operator==(const tokens& o) const { return all_ == o.all_; }

 private:
  struct known {
    std::string file;
    std::size_t bytes;
    sha256_hash hash;
    token_holder holder;
    bool operator==(const known&) const = default;
  };
  void add(const std::string& setting, known k, const tokens* before);

  std::vector<known> all_;
  std::vector<std::string> settings_;  // of each
  std::vector<std::string> warnings_;
};

}  // namespace scaleit::api
