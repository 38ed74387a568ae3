// How many files may be open, and who gets them: the daemon itself first, then those who
// ask it how it is, and all others for connections to applications.
#pragma once

#include <cstddef>
#include <optional>

namespace scaleit::main {

struct descriptor_shares {
  std::size_t own;      ///< the loops, the record, look-ups of names, files that are read
  std::size_t clients;  ///< of metrics: scrapers, health checks
  std::size_t api;      ///< clients of the API
  std::size_t applications;  ///< connections to what is scaled
};

/// With `allowed` files, of which `taken` are open from the start; nothing when that is
/// too few to work at all.
std::optional<descriptor_shares> share_descriptors(std::size_t allowed,
                                                   std::size_t taken);

/// Raises the limit to what is allowed and shares it. Throws std::runtime_error,
/// which names it, when it is too low.
descriptor_shares claim_descriptors();

}  // namespace scaleit::main
