// Which settings are credentials: what is not to be read in a record, a log or an
// answer, and better not in a file of settings either.
#pragma once

#include <string>
#include <string_view>

namespace scaleit::spec {

/// What is shown in the place of a credential.
inline constexpr std::string_view hidden = "***";

/// By the name of a header or of a query's parameter: Authorization, Cookie, X-Api-Key,
/// access_token, ...
bool names_credential(std::string_view name);

/// Whether the header holds a credential in clear text, by its name or by its value
/// (`Bearer ...`, `Basic ...`, a JWT). A reference is none.
bool is_literal_credential(std::string_view name, std::string_view value);

/// The header's value as it may be shown: references as they stand, literal credentials
/// hidden.
std::string shown_header(std::string_view name, std::string_view value);

/// The URL with the values of parameters that are credentials hidden.
std::string shown_url(std::string_view url);

/// Whether something was hidden before it got here, so that it says nothing.
bool is_hidden_header(std::string_view name, std::string_view value);
bool is_hidden_url(std::string_view url);

}  // namespace scaleit::spec
