#include "net/problem.hpp"

#include "messages/json_stream.hpp"
#include "messages/text.hpp"
#include "net/reason_phrase.hpp"

#include <string>
#include <utility>

namespace scaleit::net {

server_response problem(int status, std::string_view detail, std::string_view errors,
                        std::string_view type) {
  std::string body;
  string_stream out{body};
  json_writer json{out};
  const auto text = [&](const char* key, std::string_view value) {
    json.Key(key);
    json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  };
  json.StartObject();
  text("type", type);  // RFC 9457, 4.2.1
  text("title", reason_phrase(status));
  json.Key("status");
  json.Int(status);
  text("detail", scaleit::printable(detail, bounds::problem_detail_bytes_max));
  if (!errors.empty()) {
    json.Key("errors");
    json.RawValue(errors.data(), errors.size(), rapidjson::kArrayType);
  }
  json.EndObject();
  return {.status = status,
          .content_type = std::string(problem_type),
          .body = std::move(body),
          .headers = {}};
}

}  // namespace scaleit::net
