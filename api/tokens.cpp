#include "api/tokens.hpp"

#include "messages/bounds.hpp"
#include "messages/file_stamp.hpp"
#include "messages/text.hpp"
#include "spec/input_error.hpp"
#include "spec/text_file.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

namespace scaleit::api {

namespace {

/// Random ones of so many characters cannot be found by trying.
constexpr std::size_t safe_bytes_min = 16;
/// What fits into a request's header, with room for the others.
constexpr std::size_t token_bytes_max = bounds::request_header_bytes_max / 2;

constexpr std::string_view name_of_token_file = "token-file";

bool is_visible(char c) { return c > ' ' && c < '\x7f'; }

[[noreturn]] void refuse(const std::string& setting, const std::string& file,
                         std::string_view why) {
  throw spec::input_error{
      fmt::format("{}: {} {}; accepted: a file with one token, at most {} visible "
                  "characters of ASCII "
                  "on one line",
                  setting, printable(file), why, token_bytes_max)};
}

/// The file's token. Where a character is wrong is told, and not which.
std::string token_in(const std::string& setting, const std::string& file) {
  std::string text;
  try {
    text = spec::read_text_file(file, bounds::secret_bytes_max, "a file with a token");
  } catch (const spec::input_error& e) {
    throw spec::input_error{fmt::format("{}: {}", setting, e.what())};
  }
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (text.empty()) refuse(setting, file, "is empty");
  const auto odd = std::ranges::find_if_not(text, is_visible);
  if (odd != text.end())
    refuse(setting, file,
           fmt::format("holds a {} (byte {} of {})",
                       *odd == '\n' || *odd == '\r'  ? "second line"
                       : *odd == ' ' || *odd == '\t' ? "blank"
                                                     : "character that is not visible",
                       odd - text.begin() + 1, text.size()));
  if (text.size() > token_bytes_max)
    refuse(setting, file, fmt::format("holds {} bytes", text.size()));
  return text;
}

/// Something that is read once.
bool is_pipe(const std::string& file) {
  return stamp_of(file) != file_stamp{} && !spec::is_regular_file(file);
}

}  // namespace

tokens tokens::read(const spec::auth_spec& a, const tokens* before) {
  tokens out;
  if (!a.token_file.empty())
    out.add(
        "auth.tokenFile",
        {a.token_file, 0, {}, {std::string{name_of_token_file}, spec::api_access::write}},
        before);
  for (std::size_t i = 0; i < a.tokens.size(); ++i) {
    const auto& t = a.tokens[i];
    out.add(fmt::format("auth.tokens[{}].file", i), {t.file, 0, {}, {t.name, t.access}},
            before);
  }
  return out;
}

void tokens::add(const std::string& setting, known k, const tokens* before) {
  const known* kept = nullptr;
  if (before && is_pipe(k.file)) {
    const auto at = std::ranges::find(before->all_, k.file, &known::file);
    if (at != before->all_.end()) kept = &*at;
  }
  if (kept) {
    k.hash = kept->hash;
    k.bytes = kept->bytes;
  } else {
    const auto token = token_in(setting, k.file);
    k.hash = sha256(token);
    k.bytes = token.size();
  }
  const auto same = std::ranges::find(all_, k.hash, &known::hash);
  if (same != all_.end())
    refuse(setting, k.file,
           fmt::format("holds the token of {}, too, and nobody could tell who it is",
                       settings_[static_cast<std::size_t>(same - all_.begin())]));
  k.holder.guessable = k.bytes < safe_bytes_min;
  if (k.holder.guessable)
    warnings_.push_back(fmt::format(
        "{}: the token in {} has {} bytes and may be guessed; one of {} or more may not, "
        "such as 'openssl rand -hex 32' makes",
        setting, printable(k.file), k.bytes, safe_bytes_min));
  all_.push_back(std::move(k));
  settings_.push_back(setting);
}

const token_holder* tokens::find(std::string_view given) const {
  const auto hash = sha256(given);
  const token_holder* found = nullptr;
  for (const auto& k : all_) {
    const bool same = ::CRYPTO_memcmp(k.hash.data(), hash.data(), hash.size()) == 0;
    found = same ? &k.holder : found;
  }
  return found;
}

}  // namespace scaleit::api
