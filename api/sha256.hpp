// SHA-256, of tokens that are compared and of files that are checked.
#pragma once

#include <openssl/sha.h>

#include <array>
#include <string>
#include <string_view>

namespace scaleit::api {

using sha256_hash = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

inline sha256_hash sha256(std::string_view bytes) {
  sha256_hash out;
  ::SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
           out.data());
  return out;
}

/// In lower case.
inline std::string hex(const sha256_hash& h) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const auto byte : h) (out += digits[byte >> 4]) += digits[byte & 15];
  return out;
}

}  // namespace scaleit::api
