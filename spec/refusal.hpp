// Why an answer is no good one, in words that name the cause: a status with what
// the peer says of it, and bodies that cannot be JSON whatever their status.
#pragma once

#include "messages/http_response.hpp"
#include "messages/target_spec.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace scaleit::spec {

/// When the request failed, or its status is no 2xx: then with some of the body, without
/// the values of the headers that were `sent`, which may be secrets and come back.
std::optional<failure> refusal(const http_response& answer, std::span<const header> sent);

/// The same of one that is no good, in the peer's own sentence in place of its body.
failure refusal(const http_response& answer, std::span<const header> sent,
                std::string said);

/// What the peer `said`, on one line, without those values.
std::string without_sent(std::string_view said, std::span<const header> sent);

/// When the body of a good answer cannot be read as JSON for a reason that a parser would
/// not find: it is compressed, in UTF-16, a page for people, or cut.
std::optional<failure> unreadable(const http_response& answer);

}  // namespace scaleit::spec
