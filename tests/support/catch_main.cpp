// Catch2 2 needs its main compiled once; Catch2 3 brings one.
#if __has_include(<catch2/catch_all.hpp>)
#else
// GCC 12 with a sanitizer suspects std::regex inside Catch2.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif
