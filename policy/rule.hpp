// What the files of the rules have in common: a rule's row in the table of all of them,
// and the numbers of its steps by their names.
//
// A rule is one file, with a header for what the others need of it. It begins with its
// codes, its source and a worked example, and holds all that is to be known of the rule:
// how it moves the number, what it remembers, its sentences, and what it tells when
// somebody asks what holds. The list of all is policy/rules.hpp, the order
// policy/decide.cpp.
#pragma once

#include "messages/decision.hpp"
#include "messages/target_spec.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace scaleit::policy {

struct evaluation;
struct holds;

/// One code: what it is called, and what a step of it says. The spec is the one that the
/// step was decided by.
struct rule_row {
  rule code{};
  std::string_view name{};
  std::string (*why)(const step& s, const target_spec& spec) = nullptr;
};

// -- the numbers of a step ------------------------------------------------
// A step keeps what its sentence needs as bare numbers. A rule gives them names, once: in
// a struct of doubles that both its arithmetic and its sentence go by.

template <class T, std::size_t... I>
constexpr bool made_of_doubles(std::index_sequence<I...>) {
  return requires(double number) { T{((void)I, number)...}; };
}

template <class T>
concept named_numbers =
    std::is_aggregate_v<T> && std::is_trivially_copyable_v<T> && sizeof(T) %
            sizeof(double) ==
        0 &&
    sizeof(T) <= sizeof(step::numbers) &&
    made_of_doubles<T>(std::make_index_sequence<sizeof(T) / sizeof(double)>{});

template <named_numbers T>
using bare_numbers = std::array<double, sizeof(T) / sizeof(double)>;

template <named_numbers T>
constexpr auto packed(const T& named) {
  const auto bare = std::bit_cast<bare_numbers<T>>(named);
  decltype(step::numbers) all{};
  std::copy(bare.begin(), bare.end(), all.begin());
  return all;
}

template <named_numbers T>
constexpr T numbers_of(const step& s) {
  bare_numbers<T> bare{};
  std::copy_n(s.numbers.begin(), bare.size(), bare.begin());
  return std::bit_cast<T>(bare);
}

}  // namespace scaleit::policy
