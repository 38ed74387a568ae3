#include "main/api_address.hpp"

#include "messages/text.hpp"
#include "net/tls.hpp"
#include "net/url.hpp"
#include "spec/input_error.hpp"
#include "spec/secret_store.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <sys/un.h>

namespace scaleit::main {

namespace {

constexpr const char* default_api = "http://127.0.0.1:8001";

/// An option or a variable, for sentences.
struct given {
  std::string value;
  std::string name;
};

given setting(const std::optional<std::string>& option, const char* option_name,
              const char* variable_name, const variable_lookup& variable) {
  if (option) return {*option, option_name};
  const char* value = variable(variable_name);
  return {value == nullptr ? "" : value, variable_name};
}

[[noreturn]] void refuse(const given& g, std::string_view why) {
  throw spec::input_error{
      fmt::format("{} '{}' is not valid{}{}; accepted: http://HOST:PORT, "
                  "https://HOST:PORT, unix:/PATH",
                  g.name, printable(g.value), why.empty() ? "" : ": ", why)};
}

void take_socket(const given& g, std::string_view path, api_address& to) {
  if (path.starts_with("///")) path.remove_prefix(2);  // unix:///run/scaleit.sock
  if (path.empty() || path.find('\0') != std::string_view::npos) refuse(g, "");
  if (path.size() >= sizeof(sockaddr_un::sun_path))
    refuse(g, fmt::format("a socket's path has at most {} bytes",
                          sizeof(sockaddr_un::sun_path) - 1));
  to.unix_socket = path;
  to.base = "http://localhost";
}

void take_url(const given& g, api_address& to) {
  auto url = g.value;
  while (url.ends_with('/')) url.pop_back();
  try {
    if (!url.starts_with("http://") && !url.starts_with("https://")) refuse(g, "");
    if (url.find_first_of("?#") != std::string::npos)
      refuse(g, "it has a query or a fragment");
    net::parse_url(url);
  } catch (const std::invalid_argument& e) {
    // It may hold a password, so that it is not repeated.
    throw spec::input_error{fmt::format("{}: {}", g.name, printable(e.what()))};
  }
  to.base = std::move(url);
}

/// RFC 6750, section 2.1: what a header can carry.
bool is_token(std::string_view s) {
  return !s.empty() &&
         std::ranges::all_of(s, [](char c) { return c > ' ' && c < '\x7f'; });
}

std::string token_of(const api_options& options, const variable_lookup& variable) {
  if (options.token_file) {
    auto read = spec::read_secret_file(*options.token_file);
    const auto name = printable(*options.token_file);
    if (!read.problem.empty())
      throw spec::input_error{fmt::format("--token-file '{}' cannot be read", name)};
    const auto token = trimmed(read.value);
    if (is_token(token)) return std::string{token};
    throw spec::input_error{
        fmt::format("--token-file '{}' holds no token; accepted: one "
                    "line of visible ASCII characters",
                    name)};
  }
  const char* value = variable("SCALEIT_TOKEN");
  if (value == nullptr || *value == '\0') return {};
  const auto token = trimmed(value);
  if (is_token(token)) return std::string{token};
  throw spec::input_error{
      "SCALEIT_TOKEN is not valid; accepted: visible ASCII characters without blanks"};
}

void check_ca_file(const std::string& file) {
  try {
    net::tls_settings files;
    files.ca_file = file;
    if (file.empty()) throw std::runtime_error{"no name is given"};
    net::make_tls_context(files);
  } catch (const std::exception& e) {
    throw spec::input_error{
        fmt::format("--ca-file '{}' cannot be used: {}; accepted: a file of certificates "
                    "in PEM",
                    printable(file), printable(e.what()))};
  }
}

}  // namespace

void add_api_options(CLI::App& command, api_options& options) {
  command
      .add_option("--api", options.api,
                  "The daemon's API: http://, https:// or unix:/path/of.sock (default: "
                  "SCALEIT_API, or http://127.0.0.1:8001)")
      ->type_name("URL");
  command
      .add_option("--token-file", options.token_file,
                  "A file that holds the token (default: the token in SCALEIT_TOKEN)")
      ->type_name("FILE");
  command
      .add_option("--ca-file", options.ca_file,
                  "Certificates to trust for https, PEM (default: the system's)")
      ->type_name("FILE");
}

api_address find_api(const api_options& options, const variable_lookup& variable) {
  auto g = setting(options.api, "--api", "SCALEIT_API", variable);
  if (g.value.empty() && !options.api) g.value = default_api;
  api_address to;
  constexpr std::string_view local = "unix:";
  if (g.value.starts_with(local))
    take_socket(g, std::string_view{g.value}.substr(local.size()), to);
  else
    take_url(g, to);
  to.shown = to.unix_socket.empty() ? to.base : "unix:" + to.unix_socket;
  to.token = token_of(options, variable);
  if (options.ca_file) {
    check_ca_file(*options.ca_file);
    to.ca_file = *options.ca_file;
  }
  return to;
}

api_address find_api(const api_options& options) {
  return find_api(options, [](const char* name) { return std::getenv(name); });
}

}  // namespace scaleit::main
