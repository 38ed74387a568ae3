// What the sanitizers change for a test: everything takes longer under them, and they
// search for leaks at the end.
#pragma once

namespace scaleit::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

/// By how much a limit of time is stretched.
inline constexpr int patience = sanitized ? 5 : 1;

/// Of `n` random cases, how many are tried. What is right or wrong about them is seen
/// without the sanitizers; what these look for, the first ones show as well.
template <class Number>
constexpr Number tries(Number n) {
  return sanitized ? (n + 9) / 10 : n;
}

}  // namespace scaleit::test
