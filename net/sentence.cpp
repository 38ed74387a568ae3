#include "net/sentence.hpp"

#include "messages/bounds.hpp"
#include "messages/text.hpp"

namespace scaleit::net {

std::string printable(std::string_view text, std::size_t bytes_max) {
  auto out = scaleit::printable(text, bytes_max);
  if (out.size() > bytes_max && bytes_max > 3)  // by the dots
    out = scaleit::printable(text, bytes_max - 3);
  return out;
}

std::string spell(std::chrono::milliseconds d) {
  if (d.count() % 1000 == 0) return std::to_string(d.count() / 1000) + "s";
  return std::to_string(d.count()) + "ms";
}

failure make_failure(failure_kind kind, std::string_view detail, int http_status) {
  failure f;
  f.kind = kind;
  f.detail = printable(detail, bounds::detail_bytes_max);
  f.http_status = http_status;
  return f;
}

}  // namespace scaleit::net
