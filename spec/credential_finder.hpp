// Where a spec holds credentials in clear text: those that spec_writer hides, so that
// what is written would not read back as the same spec.
#pragma once

#include "messages/target_spec.hpp"

#include <string>
#include <vector>

namespace scaleit::spec {

/// The paths of such settings, as problems name them: `status.headers.Authorization`,
/// `metrics[0].url`. Of a credential in a URL's query the path of the URL.
std::vector<std::string> literal_credentials(const target_spec& spec);

}  // namespace scaleit::spec
