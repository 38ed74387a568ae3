#include "spec/config_file.hpp"

#include "messages/bounds.hpp"
#include "messages/text.hpp"
#include "net/url.hpp"
#include "policy/cron.hpp"
#include "policy/expression.hpp"
#include "policy/schedule.hpp"
#include "spec/input_error.hpp"
#include "spec/listen.hpp"
#include "spec/text_file.hpp"

#include <fmt/format.h>

#include <map>
#include <stdexcept>
#include <utility>

namespace scaleit::spec {

namespace {

std::optional<std::string> wrong_url(std::string_view text) {
  std::optional<std::string> wrong;
  try {
    net::parse_url(text);
    return wrong;
  } catch (const std::invalid_argument& e) {
    wrong = e.what();
  }
  // What stands behind a ? or # may be a secret, and is not to be quoted.
  const auto shown = text.substr(0, text.find_first_of("?#"));
  if (shown.size() == text.size()) return wrong;
  try {
    net::parse_url(shown);
    return "the part of the URL behind the path is not valid; accepted: RFC 3986, with "
           "%20 for a space and so on";
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
}

std::optional<std::string> wrong_listener(std::string_view text) {
  try {
    parse_listen("listen", text);
    return {};
  } catch (const input_error&) {
    return fmt::format(
        "'{}' is not valid; accepted: ADDR:PORT, such as 0.0.0.0:8000 or [::]:8000",
        printable(text, 80));
  }
}

/// A secret of a file is read once, however many targets name it.
class secrets {
 public:
  explicit secrets(const environment& env) : env_(env) {}

  secret_answer operator()(const secret_reference& r) {
    if (!r.file) {
      const auto* value = env_.find(r.name);
      if (value) return {*value, {}, false};
      return {{}, r.text() + " is not set", false};
    }
    const auto [known, is_new] = files_.try_emplace(r.name);
    if (is_new) known->second = read(r);
    return known->second;
  }

 private:
  static secret_answer read(const secret_reference& r) {
    try {
      auto text = read_text_file(r.name, bounds::secret_bytes_max, "a readable file");
      while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
      return {std::move(text), {}, false};
    } catch (const input_error& e) {
      return {
          {}, fmt::format("{} cannot be read: {}", printable(r.text()), e.what()), false};
    }
  }

  const environment& env_;
  std::map<std::string, secret_answer> files_;
};

}  // namespace

spec_checkers house_checkers() {
  spec_checkers c;
  c.url = wrong_url;
  c.listener = wrong_listener;
  c.cron = policy::complaint_about_cron;
  c.timezone = policy::complaint_about_timezone;
  c.expression = [](std::string_view text, const std::vector<std::string>& metrics) {
    return policy::complaint_about_expression(text, metrics);
  };
  return c;
}

loaded_config read_config_text(std::string_view text, const std::string& name,
                               config_use use, const environment& env) {
  loaded_config out{name};
  read_options options;
  options.recorded = use == config_use::recorded;
  options.policy_only = use == config_use::policy || options.recorded;
  options.check = house_checkers();
  if (use == config_use::run) options.check.secret = secrets{env};
  if (use == config_use::check)
    options.check.secret = [&env](const secret_reference& r) -> secret_answer {
      if (r.file || env.find(r.name)) return {};
      return {{}, r.text() + " is not set here", true};
    };
  out.content = read_config(text, options, out.problems);
  return out;
}

loaded_config load_config(const std::string& file, config_use use,
                          const environment& env) {
  const auto text = file == "-"
                        ? read_standard_input(bounds::config_bytes_max)
                        : read_text_file(file, bounds::config_bytes_max, "a config file");
  return read_config_text(text, file, use, env);
}

std::vector<std::string> told(const loaded_config& c) {
  std::vector<std::string> lines;
  for (const auto& p : c.problems.all()) lines.push_back(to_string(p, printable(c.file)));
  if (c.problems.untold() > 0)
    lines.push_back(
        fmt::format("{}: and {} more", printable(c.file), c.problems.untold()));
  return lines;
}

const config& require_good(const loaded_config& c) {
  if (c.good()) return c.content;
  throw bad_config{told(c)};
}

}  // namespace scaleit::spec
