// What the tests of the state folder keep, and how they look at what is there.
#pragma once

#include "api/state_folder.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/process.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace scaleit::test {

inline std::string state_in(const temporary_directory& d) {
  return (d.path() / "state").string();
}

/// A spec of that name, told apart by its maximum.
inline api::state_change kept(const std::string& name, int max = 100) {
  return {name, {target_of_at_most(name, max), {}}};
}
inline api::state_change removed(const std::string& name) { return {name, {}}; }

inline bool same(const api::kept_target& a, const api::kept_target& b) {
  return a.hold == b.hold && !a.spec == !b.spec && (!a.spec || *a.spec == *b.spec);
}

/// The first error, or nothing.
inline std::string write(api::state_folder& f,
                         const std::vector<api::state_change>& changes) {
  for (const auto& error : f.write(changes))
    if (error) return *error;
  return {};
}

/// The names in the folder of targets, with what they hold.
inline std::map<std::string, std::string> files_of(const std::string& state) {
  std::map<std::string, std::string> all;
  for (const auto& e : std::filesystem::directory_iterator{state + "/targets"})
    all[e.path().filename().string()] =
        e.is_regular_file() ? text_of(e.path()) : std::string{};
  return all;
}

}  // namespace scaleit::test
