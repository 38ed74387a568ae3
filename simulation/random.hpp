// Chance that is the same everywhere: the distributions of <random> differ
// between standard libraries, and a generator with state makes what one asks
// depend on how often one asked before. So a random number here is a pure
// function of a seed, a stream (what it is for) and an index.
#pragma once

#include <cstdint>

namespace scaleit::simulation {

/// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): a bijection of 64 bits
/// in which every bit of the input changes every bit of the output half the time.
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

/// What a random number is for; numbers of different streams are independent.
enum class stream : std::uint64_t { drift = 1, noise, phase, fault, stall, application };

constexpr std::uint64_t bits(std::uint64_t seed, stream s, std::uint64_t index) {
  return mix(mix(mix(seed) ^ static_cast<std::uint64_t>(s)) ^ index);
}

/// Uniform in [0, 1), a multiple of 2^-53.
constexpr double unit(std::uint64_t seed, stream s, std::uint64_t index) {
  return static_cast<double>(bits(seed, s, index) >> 11) * 0x1p-53;
}

/// Uniform in [low, high).
constexpr double between(double low, double high, std::uint64_t seed, stream s,
                         std::uint64_t index) {
  return low + (high - low) * unit(seed, s, index);
}

}  // namespace scaleit::simulation
