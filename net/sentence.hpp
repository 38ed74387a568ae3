// How net words its errors: one printable sentence, bounded in length, whatever
// bytes a peer or a configuration put into it.
#pragma once

#include "messages/observation.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace scaleit::net {

/// `text` with everything but printable ASCII replaced by `?`, cut to `bytes_max`.
std::string printable(std::string_view text, std::size_t bytes_max);

/// "2s" or "1500ms".
std::string spell(std::chrono::milliseconds d);

/// A failure whose detail keeps to bounds::detail_bytes_max.
failure make_failure(failure_kind kind, std::string_view detail, int http_status = 0);

}  // namespace scaleit::net
