// RapidJSON's output stream over a std::string: no copy at the end.
#pragma once

#include <rapidjson/writer.h>

#include <string>

namespace scaleit::spec {

struct string_stream {
  using Ch = char;
  std::string& out;
  void Put(char c) { out += c; }
  void Flush() {}
};

using json_writer = rapidjson::Writer<string_stream>;

}  // namespace scaleit::spec
