// All targets of a daemon, however many answers that takes.
#pragma once

#include "main/api_client.hpp"

#include <functional>
#include <string>

namespace scaleit::main {

struct target_filter {
  std::string prefix;
  std::string health;
};

/// The first request, or the one that goes on after `after`.
api_request page_request(const target_filter& filter, const std::string& after);

struct target_page {
  std::vector<spec::document_ptr> items;
  std::string after;  ///< empty: this was the last
};
target_page page_of(const spec::document& answer);

/// In the order of names, page by page.
void each_target(api_client& api, const target_filter& filter,
                 const std::function<void(const spec::document_ptr&)>& use);

}  // namespace scaleit::main
