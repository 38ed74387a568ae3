// How net words its errors: one printable sentence, bounded in length, whatever
// bytes a peer or a configuration put into it.
#pragma once

#include "messages/observation.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace scaleit::net {

/// The same of all rooms, but with the dots of a cut within `bytes_max`.
std::string printable(std::string_view text, std::size_t bytes_max);

/// "2s" or "1500ms".
std::string spell(std::chrono::milliseconds d);

/// A failure whose detail keeps to bounds::detail_bytes_max.
failure make_failure(failure_kind kind, std::string_view detail, int http_status = 0);

}  // namespace scaleit::net
