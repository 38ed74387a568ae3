// The operations of the API, once: what the router goes by, and what openapi.json tells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::api {

enum class operation_id : std::uint8_t {
  get_daemon,
  list_targets,
  get_target,
  put_target,
  patch_target,
  delete_target,
  pause_target,
  resume_target,
  report_status,
  list_decisions,
  explain_target,
  follow_events,
  reload,
  get_openapi,
};

struct query_parameter {
  std::string_view name;
  std::string_view about;
  std::string_view schema;  ///< JSON
};

/// What is sent, or answered.
struct content {
  std::vector<std::string> types;  ///< media types; empty: there is none
  std::string_view schema;         ///< a component's name
};

struct good_answer {
  int status;
  std::string_view about;
  content has;
};

struct operation {
  operation_id id;
  std::string_view name;  ///< its operationId
  std::string_view method;
  std::string_view path;
  std::string_view summary;
  std::vector<query_parameter> query;
  std::vector<std::string_view> headers;  ///< of the request
  content body;
  std::size_t body_bytes_max;
  std::vector<good_answer> good;
  std::vector<int> bad;  ///< beside those that each may answer
};

const std::vector<operation>& operations();

/// OpenAPI 3.1, as JSON.
std::string openapi(std::string_view version);

}  // namespace scaleit::api
