#include "tests/bench/bench.hpp"

#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <cmath>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

using namespace scaleit::bench;

namespace {

void print(const results& all) {
  fmt::print("\n{:<34} {:>12} {:<14} {}\n", "what", "value", "unit", "against");
  for (const auto& r : all)
    fmt::print(
        "{:<34} {:>12.3f} {:<14} {}\n", r.name, r.value, r.unit,
        r.reference.empty() ? "" : fmt::format("{:.2f} x {}", r.ratio, r.reference));
}

/// Rows of the file that were not measured now, but for those of the same part: half of
/// them old, they would not be a comparison.
rapidjson::Document others_of(const std::string& file, bool fleet) {
  std::ifstream in{file};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  rapidjson::Document before, kept{rapidjson::kArrayType};
  before.Parse(text.c_str());
  if (!before.IsArray()) return kept;
  for (auto& row : before.GetArray())
    if (row.IsObject() && row.HasMember("name") && row["name"].IsString() &&
        std::string_view{row["name"].GetString()}.starts_with("fleet") != fleet)
      kept.PushBack(rapidjson::Value{row, kept.GetAllocator()}, kept.GetAllocator());
  return kept;
}

void write_json(const results& all, const std::string& file) {
  const bool fleet = all.front().name.starts_with("fleet");
  rapidjson::StringBuffer text;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> json{text};
  json.StartArray();
  const auto others = others_of(file, fleet);
  for (const auto& row : others.GetArray()) row.Accept(json);
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

/// The exit code: 1 if anything was not measured, with a sentence for each.
int judge(const results& all) {
  int code = all.empty() ? 1 : 0;
  for (const auto& r : all)
    if (const auto wrong = complaint_about(r)) {
      std::fflush(stdout);
      fmt::print(stderr, "scaleit_bench: {}\n", *wrong);
      code = 1;
    }
  return code;
}

int measure_many(std::size_t targets) {
  results all;
  measure_lateness(all, targets);
  print(all);
  return judge(all);
}

/// A part of it, by name; null if there is none.
void (*part_named(std::string_view what))(results&) {
  if (what == "cycle") return &measure_cycles;
  if (what == "reaction") return &measure_reaction;
  if (what == "micro") return &measure_micro;
  if (what == "idle") return &measure_idle;
  if (what == "fleet") return &measure_fleet;
  return nullptr;
}

int measure(const std::string& what) {
  results all;
  if (!what.empty()) {
    const auto part = part_named(what);
    if (!part)
      throw std::invalid_argument{"parts are cycle, reaction, micro, idle and fleet"};
    part(all);
    print(all);
    const int code = judge(all);
    if (code == 0 && what == "fleet") write_json(all, "build/bench.json");
    return code;
  }
  measure_cycles(all);
  measure_reaction(all);
  measure_micro(all);
  measure_idle(all);
  print(all);
  if (const int code = judge(all); code != 0) return code;
  write_json(all, "build/bench.json");
  fmt::print(
      "\nfor machines: build/bench.json; the method: docs/internals/performance.md\n");
  return 0;
}

}  // namespace

std::optional<std::string> scaleit::bench::complaint_about(const result& r) {
  const auto measured = [](double x) { return std::isfinite(x) && x > 0; };
  if (r.samples < r.samples_min)
    return fmt::format("{} was not measured: {} of at least {} samples", r.name,
                       r.samples, r.samples_min);
  if (!measured(r.value))
    return fmt::format("{} was not measured: {} {}", r.name, r.value, r.unit);
  if (!r.reference.empty() && !measured(r.ratio))
    return fmt::format("{} was not measured beside {}: {} x", r.name, r.reference,
                       r.ratio);
  return {};
}

/// `scaleit_bench` measures everything but fleets; `scaleit_bench reaction` only that
/// part; `scaleit_bench fleet` the real daemon with up to 50,000 targets;
/// `scaleit_bench lateness --targets 50000` what makes the polls of so many late;
/// `scaleit_bench profile 1000` runs cycles at that many connections for a profiler.
int main(int argc, char** argv) {
  if (argc == 3 && std::string{argv[1]} == "profile") profile_cycles(std::stoul(argv[2]));
  try {
    if (argc == 4 && std::string{argv[1]} == "lateness" &&
        std::string{argv[2]} == "--targets")
      return measure_many(std::stoul(argv[3]));
    return measure(argc == 2 ? argv[1] : "");
  } catch (const std::exception& e) {
    std::fflush(stdout);
    fmt::print(stderr, "scaleit_bench: {}\n", e.what());
    return 1;
  }
}
