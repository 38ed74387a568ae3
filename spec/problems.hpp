// What is wrong with a text of settings: all of it, each with its place.
#pragma once

#include "spec/document.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace scaleit::spec {

struct problem {
  text_position at;
  std::string path;  ///< `targets[2].metrics[0].target`, or empty
  std::string what;  ///< one sentence
  bool warning = false;
  bool operator==(const problem&) const = default;
};

/// `FILE:LINE:COLUMN: PATH: sentence`, one line, without a word on whether it is an
/// error.
std::string where_and_what(const problem& p, std::string_view file);

/// The same, as a command prints it: a warning is called one.
std::string to_string(const problem& p, std::string_view file);

/// Bounded. The same thing at the same place is told once: what is wrong in a block that
/// many targets share is wrong once.
class problem_list {
 public:
  void add(problem p);
  const std::vector<problem>& all() const { return all_; }
  bool errors() const { return errors_; }
  /// How many there were beyond what is kept.
  std::size_t untold() const { return untold_; }
  /// Is there an error at this place?
  bool error_at(text_position at) const;
  /// In the order of the text.
  void sort();

 private:
  std::vector<problem> all_;
  std::set<std::tuple<text_position, std::string, std::string>> seen_;
  std::set<text_position> bad_;
  bool errors_ = false;
  std::size_t untold_ = 0;
};

/// The known key that was probably meant, or empty.
std::string_view near_miss(std::string_view unknown,
                           const std::vector<std::string_view>& known);

}  // namespace scaleit::spec
