// What is wanted, and by whom.
//
// The environment, a config file and the API are origins of the same thing: each says
// which targets it wants. Here it is worked out what is to run under each name, and what
// the supervisor has to do about it. Pure; a change costs the same with fifty thousand
// other targets as with one.
//
// Two may want the same name. Then it belongs to the earlier origin, and what the other
// wants is kept for when it is given back.
#pragma once

#include "messages/target_spec.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::actors {

/// In the order in which they own a name that several want.
enum class origin : std::uint8_t { environment, file, api };
inline constexpr std::size_t origins = static_cast<std::size_t>(origin::api) + 1;
std::string_view to_string(origin o);

/// An operator's hold, over whatever the spec says: directions in which nothing is sent.
struct operator_hold {
  bool scale_in = false;
  bool scale_out = false;
  bool any() const { return scale_in || scale_out; }
  bool operator==(const operator_hold&) const = default;
};

/// All that is known of one name.
struct catalog_entry {
  std::array<target_ptr, origins> wanted{};  ///< by origin; null: not by that one
  operator_hold hold{};
  target_ptr running{};  ///< the owner's, with the hold; null: nobody wants it
  /// Of what the owner wants: another one with each change of it, or of the owner.
  std::uint64_t revision = 0;

  std::optional<origin> owner() const;
  /// What the owner wants, without the hold; null: nobody wants anything.
  target_ptr owned() const;
};

/// What is to be done about a name: this is to run from now on; null: nothing.
struct catalog_change {
  std::string name;
  target_ptr spec;
};

class catalog {
 public:
  using entries = std::map<std::string, catalog_entry, std::less<>>;

  /// `o` wants this under its name. Nothing, if what is to run is as it was.
  std::optional<catalog_change> put(origin o, target_ptr spec);
  /// `o` wants nothing of that name. A hold stays for its next owner.
  std::optional<catalog_change> drop(origin o, std::string_view name);
  /// Also of a name that nobody wants yet.
  std::optional<catalog_change> hold(std::string_view name, operator_hold h);

  /// Null: nothing is known of it.
  const catalog_entry* find(std::string_view name) const;
  /// All names of which anything is known, in their order.
  const entries& all() const { return entries_; }
  /// How many are to run.
  std::size_t running() const { return running_; }

 private:
  template <class F>
  std::optional<catalog_change> after(entries::iterator at, F change);
  std::optional<catalog_change> settle(entries::iterator at);

  entries entries_;
  std::uint64_t revisions_ = 0;
  std::size_t running_ = 0;
};

/// What leads from one list of an origin's targets to another.
struct target_difference {
  std::vector<target_ptr> put;
  std::vector<std::string> dropped;
  std::size_t added = 0;
  std::size_t changed = 0;
  std::size_t unchanged = 0;
};
/// Both are in the order of their names, which are unique. What is the same in both is
/// shared afterwards.
target_difference difference_of(const std::vector<target_ptr>& before,
                                std::vector<target_ptr>& after);

}  // namespace scaleit::actors
