#include "main/app_service.hpp"
#include "messages/bounds.hpp"

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace scaleit::main {

namespace {

/// Accepts `{"replicas": integer}` and stops at the first thing that is not it.
class replicas_handler
    : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, replicas_handler> {
 public:
  bool StartObject() { return state_ == state::start && enter(state::key); }
  bool Key(const char* s, rapidjson::SizeType n, bool) {
    const std::string_view key{s, n};
    if (state_ != state::key)
      return refuse(key == "replicas" ? "replicas is given twice" : other_key);
    return key == "replicas" ? enter(state::value) : refuse(other_key);
  }
  bool EndObject(rapidjson::SizeType) {
    if (state_ == state::key) return refuse("replicas is missing");
    return state_ == state::done;
  }
  bool Int(int x) { return number(x); }
  bool Uint(unsigned x) { return number(x); }
  bool Int64(std::int64_t x) { return number(x); }
  bool Uint64(std::uint64_t x) { return number(x); }
  bool Double(double) { return otherwise("not an integer"); }
  bool Bool(bool) { return otherwise("a boolean"); }
  bool Null() { return otherwise("null"); }
  bool String(const char*, rapidjson::SizeType, bool) { return otherwise("a string"); }
  bool StartArray() { return otherwise("an array"); }
  bool Default() { return false; }

  std::string why;  ///< when stopped
  int replicas = 0;

 private:
  enum class state { start, key, value, done };

  static constexpr const char* other_key = "the only key is replicas";

  bool enter(state s) {
    state_ = s;
    return true;
  }

  bool refuse(std::string reason) {
    why = std::move(reason);
    return false;
  }

  bool otherwise(std::string_view what) {
    if (state_ == state::start) return refuse("the body must be a JSON object");
    return refuse(fmt::format("replicas must be an integer from 1 to {}, it is {}",
                              bounds::sample_replicas_max, what));
  }

  template <class Integer>
  bool number(Integer x) {
    if (state_ != state::value || x < Integer{1} ||
        x > static_cast<Integer>(bounds::sample_replicas_max))
      return otherwise(fmt::format("{}", x));
    replicas = static_cast<int>(x);
    return enter(state::done);
  }

  state state_ = state::start;
};

}  // namespace

std::variant<int, std::string> parse_replicas(std::string_view body) {
  // RapidJSON takes a zero byte for the end and would not see what follows.
  if (body.find('\0') != std::string_view::npos)
    return std::string{"the body holds a zero byte"};
  replicas_handler handler;
  rapidjson::MemoryStream bytes{body.data(), body.size()};
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> in{bytes};
  rapidjson::Reader reader;
  constexpr unsigned flags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  const auto result = reader.Parse<flags>(in, handler);
  if (!result.IsError()) return handler.replicas;
  if (!handler.why.empty()) return std::move(handler.why);
  if (result.Code() == rapidjson::kParseErrorTermination)
    return fmt::format("replicas must be an integer from 1 to {}, it is an object",
                       bounds::sample_replicas_max);
  return fmt::format("the body is not JSON, at byte {}: {}", result.Offset(),
                     rapidjson::GetParseError_En(result.Code()));
}

}  // namespace scaleit::main
