#include "tests/bench/bench.hpp"

#include <fmt/format.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>

using namespace scaleit::bench;

namespace {

void print(const results& all) {
  fmt::print("\n{:<34} {:>12} {:<14} {}\n", "what", "value", "unit", "against");
  for (const auto& r : all)
    fmt::print(
        "{:<34} {:>12.3f} {:<14} {}\n", r.name, r.value, r.unit,
        r.reference.empty() ? "" : fmt::format("{:.2f} x {}", r.ratio, r.reference));
}

void write_json(const results& all, const std::string& file) {
  rapidjson::StringBuffer text;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> json{text};
  json.StartArray();
  for (const auto& r : all) {
    json.StartObject();
    json.Key("name"), json.String(r.name);
    json.Key("value"), json.Double(r.value);
    json.Key("unit"), json.String(r.unit);
    if (!r.reference.empty()) {
      json.Key("reference"), json.String(r.reference);
      json.Key("ratio"), json.Double(r.ratio);
    }
    json.EndObject();
  }
  json.EndArray();
  std::filesystem::create_directories("build");
  std::ofstream{file} << text.GetString() << '\n';
}

}  // namespace

/// `scaleit_bench` measures everything; `scaleit_bench micro` only what needs no network;
/// `scaleit_bench lateness --targets 50000` what makes the polls of so many late;
/// `scaleit_bench profile 1000` runs cycles at that many connections for a profiler.
int main(int argc, char** argv) {
  if (argc == 3 && std::string{argv[1]} == "profile") profile_cycles(std::stoul(argv[2]));
  results all;
  if (argc == 2 && std::string{argv[1]} == "micro") {
    measure_micro(all);
    print(all);
    return 0;
  }
  if (argc == 4 && std::string{argv[1]} == "lateness" &&
      std::string{argv[2]} == "--targets") {
    try {
      measure_lateness(all, std::stoul(argv[3]));
    } catch (const std::exception& e) {
      fmt::print(stderr, "scaleit_bench lateness: {}\n", e.what());
      return 1;
    }
    print(all);
    return 0;
  }
  measure_cycles(all);
  measure_reaction(all);
  measure_micro(all);
  measure_idle(all);
  print(all);
  write_json(all, "build/bench.json");
  fmt::print(
      "\nfor machines: build/bench.json; the method: docs/internals/performance.md\n");
}
