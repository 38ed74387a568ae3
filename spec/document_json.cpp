#include "spec/document_json.hpp"

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <vector>

namespace scaleit::spec {

using kind = document::kind;

namespace {

/// Positions are of the token's first byte; RapidJSON calls when it is behind the last.
class json_handler {
 public:
  using Ch = char;
  using size = rapidjson::SizeType;

  json_handler(std::string_view text, const rapidjson::MemoryStream& in)
      : text_(text), in_(in) {}

  bool Null() { return scalar(kind::null, "", 4); }
  bool Bool(bool b) { return scalar(kind::boolean, b ? "true" : "false", b ? 4 : 5); }
  bool RawNumber(const char* s, size n, bool) { return scalar(kind::number, {s, n}, n); }
  bool String(const char* s, size n, bool) {
    return scalar(kind::text, {s, n}, quoted_bytes());
  }
  bool Key(const char* s, size n, bool) {
    const std::string_view name{s, n};
    const auto at = back(quoted_bytes());
    if (name.find('\0') != std::string_view::npos)
      throw document_error{at, "holds a NUL character"};
    builder_.key(name, at);
    return true;
  }
  bool StartObject() { return begin(kind::map); }
  bool StartArray() { return begin(kind::list); }
  bool EndObject(size) { return end(); }
  bool EndArray(size) { return end(); }
  // Numbers come as their text.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

  document_ptr result() const { return builder_.last(); }

 private:
  bool scalar(kind is, std::string_view value, std::size_t bytes) {
    builder_.scalar(is, value, back(bytes));
    return true;
  }
  bool begin(kind is) {
    builder_.begin(is, back(0));  // before its bracket is taken
    return true;
  }
  bool end() {
    builder_.end();
    return true;
  }

  /// The length of the string that has just ended, from quote to quote.
  std::size_t quoted_bytes() const {
    const auto behind = in_.Tell();
    auto i = behind - 1;
    while (i > 0) {
      --i;
      if (text_[i] != '"') continue;
      auto slash = i;
      while (slash > 0 && text_[slash - 1] == '\\') --slash;
      if ((i - slash) % 2 == 0) break;
    }
    return behind - i;
  }

  text_position back(std::size_t bytes) {
    const auto to = in_.Tell() - bytes;
    for (; counted_ < to; ++counted_)
      if (text_[counted_] == '\n') {
        ++line_;
        line_start_ = counted_ + 1;
      }
    return {line_, static_cast<std::uint32_t>(to - line_start_ + 1)};
  }

  std::string_view text_;
  const rapidjson::MemoryStream& in_;
  document_builder builder_;
  std::size_t counted_ = 0, line_start_ = 0;
  std::uint32_t line_ = 1;
};

}  // namespace

json_result parse_json(std::string_view text) {
  using namespace rapidjson;
  MemoryStream in{text.data(), text.size()};
  json_handler handler{text, in};
  Reader reader;
  try {
    // Iterative: depth costs no stack. The handler bounds it.
    const auto ok = reader.Parse<kParseIterativeFlag | kParseNumbersAsStringsFlag |
                                 kParseValidateEncodingFlag>(in, handler);
    if (!ok.IsError()) return {handler.result()};
    return {nullptr, fmt::format("not JSON: {}", GetParseError_En(ok.Code())),
            std::min(ok.Offset(), text.size())};
  } catch (const document_error& e) {
    std::size_t offset = 0;
    for (auto line = e.at.line; line > 1; --line) offset = text.find('\n', offset) + 1;
    return {nullptr, e.what(), offset + e.at.column - 1, true};
  }
}

}  // namespace scaleit::spec
