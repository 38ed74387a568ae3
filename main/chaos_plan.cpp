#include "main/chaos_plan.hpp"

#include "messages/actor_names.hpp"
#include "messages/text.hpp"
#include "spec/input_error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <random>

namespace scaleit::main {

chaos_rates parse_chaos(std::string_view text) {
  chaos_rates rates;
  const auto fail = [](std::string_view item) {
    throw spec::input_error{
        fmt::format("--chaos '{}' is not valid; accepted: ACTOR=RATE[,ACTOR=RATE...] "
                    "with a rate from 0 to 1 "
                    "and an actor of {}",
                    printable(item, 80), fmt::join(actor_names::crashable, ", "))};
  };
  std::string_view rest = text;
  while (true) {
    const auto comma = rest.find(',');
    const auto item = rest.substr(0, comma);
    const auto equals = item.find('=');
    if (equals == std::string_view::npos) fail(item);
    const auto actor = item.substr(0, equals);
    const auto digits = item.substr(equals + 1);
    double rate = -1;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), rate);
    const bool known =
        std::find(actor_names::crashable.begin(), actor_names::crashable.end(), actor) !=
        actor_names::crashable.end();
    if (!known || error != std::errc{} || end != digits.data() + digits.size() ||
        !(rate >= 0 && rate <= 1))
      fail(item);
    rates.insert_or_assign(std::string{actor}, rate);
    if (comma == std::string_view::npos) return rates;
    rest.remove_prefix(comma + 1);
  }
}

actors::chaos make_chaos(const chaos_rates& rates) {
  if (rates.empty()) return actors::chaos{};
  auto random = std::make_shared<std::mt19937_64>(std::random_device{}());
  return actors::chaos{[rates, random](std::string_view actor) {
    const auto found = rates.find(actor);
    if (found == rates.end()) return actors::strike::none;
    const double draw = std::uniform_real_distribution<double>{}(*random);
    if (draw >= found->second) return actors::strike::none;
    return draw < found->second / 2 ? actors::strike::before : actors::strike::after;
  }};
}

}  // namespace scaleit::main
