// Catch2 2 needs its main compiled once; Catch2 3 brings one.
#if __has_include(<catch2/catch_all.hpp>)
#else
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif
