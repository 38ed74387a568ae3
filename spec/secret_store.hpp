// What the references in header values stand for, at this moment.
//
// Tokens rotate: a file that others replace is read again when it is another, so whoever
// sends a header asks here each time. One store per process; ten thousand targets that
// name one file cost one look at it per second. Variables do not change while it runs.
#pragma once

#include "messages/file_stamp.hpp"
#include "messages/target_spec.hpp"
#include "messages/time.hpp"
#include "spec/environment.hpp"
#include "spec/secrets.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::spec {

/// The value, without the line break that editors and shells leave at its end; or why
/// there is none, in a sentence that does not quote it. A pipe is read, too, unless it
/// must be a `regular` file.
struct secret_value {
  std::string value;
  std::string problem;
};
secret_value read_secret_file(const std::string& path, bool regular = false);
secret_value secret_of_variable(const environment& env, const std::string& name);

/// A file that is looked at again and again.
class secret_file {
 public:
  explicit secret_file(std::string path) : path_(std::move(path)) {}

  /// Looks whether it is another file now, at most once in bounds::secret_look_interval.
  /// Answers what changed, for people: that it cannot be read, or that it can again.
  std::string look(steady_time now);
  /// The value of that version was refused: the next look is soon, and reads the file
  /// whatever its time.
  void doubt(std::uint64_t version) { doubted_ = doubted_ || version == version_; }

  /// The last good one; empty before the first.
  const std::string& value() const { return value_; }
  /// Why it cannot be read now; empty if it can.
  const std::string& problem() const { return problem_; }
  std::uint64_t version() const { return version_; }

 private:
  std::string take(secret_value read);
  /// What is wrong with the new value, when there is an old one to keep.
  std::string complaint_about(const std::string& value) const;

  std::string path_;
  std::string value_;
  std::uint64_t version_ = 0;  ///< of the value: grows when it is another
  file_stamp seen_;
  steady_time next_look_{}, next_doubt_{};
  bool looked_ = false, doubted_ = false;
  bool is_pipe_ = false;  ///< or another thing that is read once
  std::string problem_;
};

class secret_store {
 public:
  explicit secret_store(environment env = environment{}) : env_(std::move(env)) {}

  const environment& variables() const { return env_; }
  std::shared_ptr<secret_file> file(const std::string& path);
  /// `warn` is told, once each, of a file that cannot be read any more, and of one that
  /// can again.
  void warn_by(std::function<void(const std::string&)> warn) { warn_ = std::move(warn); }
  void tell(const std::string& what) const {
    if (warn_) warn_(what);
  }

 private:
  environment env_;
  std::function<void(const std::string&)> warn_;
  std::map<std::string, std::shared_ptr<secret_file>> files_;
};

/// Whether any value has one.
bool hold_references(const std::vector<header>& headers);

/// Headers whose values may hold references, as they are to be sent.
class secret_headers {
 public:
  /// `store` outlives it.
  secret_headers(std::vector<header> as_written, secret_store& store);

  /// Whether values are others than before.
  bool refresh(steady_time now);
  const std::vector<header>& values() const { return values_; }
  /// The peer did not take them (401).
  void refused() {
    for (auto& f : files_) f.file->doubt(f.version);
  }

 private:
  struct used {
    std::shared_ptr<secret_file> file;
    std::uint64_t version = 0;
  };
  void resolve();

  std::vector<header> as_written_;
  secret_store* store_;
  std::vector<used> files_;
  std::vector<header> values_;
};

}  // namespace scaleit::spec
