#include "messages/bounds.hpp"
#include "messages/duration.hpp"
#include "messages/text.hpp"
#include "simulation/load_shape.hpp"
#include "simulation/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <vector>

namespace scaleit::simulation {

namespace {

[[noreturn]] void fail(std::string_view shape, std::string_view what) {
  throw std::invalid_argument(
      fmt::format("load shape {}: {}", simulation::quoted(shape), what));
}

/// The `key=value,...` of a shape, each taken once; what nobody took is an error.
class parameters {
 public:
  parameters(std::string_view shape, std::string_view text) : shape_(shape) {
    while (!text.empty()) {
      const auto comma = text.find(',');
      const auto item = trimmed(text.substr(0, comma));
      const auto equals = item.find('=');
      if (equals == std::string_view::npos)
        fail(shape_, fmt::format("{} is no parameter; accepted: key=value,...",
                                 simulation::quoted(item)));
      add(trimmed(item.substr(0, equals)), trimmed(item.substr(equals + 1)));
      text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    }
  }

  /// What was given for a number, or its default.
  double number(std::string_view key, double otherwise, double low, double high) {
    const auto text = take(key);
    if (!text) return otherwise;
    const auto x = finite_number(*text);
    if (!x || *x < low || *x > high)
      fail(shape_, fmt::format("{} is {}; accepted: a number from {} to {}", key,
                               simulation::quoted(*text), low, high));
    return *x;
  }

  int whole(std::string_view key, int otherwise, int low, int high) {
    const auto text = take(key);
    if (!text) return otherwise;
    int x = 0;
    const auto* end = text->data() + text->size();
    const auto [p, error] = std::from_chars(text->data(), end, x);
    if (error != std::errc{} || p != end || x < low || x > high)
      fail(shape_, fmt::format("{} is {}; accepted: a whole number from {} to {}", key,
                               simulation::quoted(*text), low, high));
    return x;
  }

  microseconds duration(std::string_view key, microseconds otherwise) {
    const auto text = take(key);
    if (!text) return otherwise;
    const auto x = parse_duration(*text);
    if (!x || *x < bounds::load_period_min || *x > bounds::load_period_max)
      fail(shape_,
           fmt::format("{} is {}; accepted: a duration from 100ms to 8760h, such as "
                       "90s or 1m30s",
                       key, simulation::quoted(*text)));
    return *x;
  }

  /// Call last: everything that was asked for is known by then.
  void end() const {
    for (const auto& x : items_)
      if (!x.taken)
        fail(shape_, fmt::format("{} is no parameter of it; accepted: {}",
                                 simulation::quoted(x.key), fmt::join(asked_, ", ")));
  }

 private:
  struct given {
    std::string_view key;
    std::string_view value;
    bool taken = false;
  };

  void add(std::string_view key, std::string_view value) {
    for (const auto& x : items_)
      if (x.key == key)
        fail(shape_, fmt::format("{} is given twice", simulation::quoted(key)));
    if (items_.size() == bounds::load_parameters_max) fail(shape_, "too many parameters");
    items_.push_back({key, value});
  }

  std::optional<std::string_view> take(std::string_view key) {
    asked_.push_back(key);
    for (auto& x : items_) {
      if (x.key != key) continue;
      x.taken = true;
      return x.value;
    }
    return std::nullopt;
  }

  std::string_view shape_;
  std::vector<given> items_;
  std::vector<std::string_view> asked_;
};

double rate(parameters& p, std::string_view key, double otherwise) {
  return p.number(key, std::min(otherwise, bounds::load_max), 0, bounds::load_max);
}

load_shape parse_flat(parameters p) {
  flat_load x;
  x.rate = rate(p, "rate", x.rate);
  p.end();
  return load_shape{x};
}

load_shape parse_sine(parameters p) {
  sine_load x;
  x.mean = rate(p, "mean", x.mean);
  x.amplitude = p.number("amplitude", x.mean / 4, 0, x.mean);
  x.period = p.duration("period", x.period);
  p.end();
  return load_shape{x};
}

load_shape parse_steps(parameters p) {
  steps_load x;
  x.low = rate(p, "low", x.low);
  x.high = rate(p, "high", 2 * x.low);
  x.count = p.whole("count", x.count, 1, 1000);
  x.every = p.duration("every", x.every);
  p.end();
  return load_shape{x};
}

load_shape parse_spikes(parameters p) {
  spikes_load x;
  x.base = rate(p, "base", x.base);
  x.peak = rate(p, "peak", 2.5 * x.base);
  x.every = p.duration("every", x.every);
  x.width = p.duration("width", std::min(x.width, x.every / 2));
  if (x.width > x.every) fail("spikes", "width is longer than every");
  p.end();
  return load_shape{x};
}

/// The file's name may hold anything, so only parameters known by name are
/// taken off, from the end.
load_shape parse_trace(std::string_view text, const trace_opener& open) {
  auto end = text.size();
  for (;;) {
    const auto comma = text.substr(0, end).rfind(',');
    if (comma == std::string_view::npos) break;
    const auto last = trimmed(text.substr(comma + 1));
    if (!last.starts_with("speed=") && !last.starts_with("scale=")) break;
    end = comma;
  }
  parameters p{"trace", end < text.size() ? text.substr(end + 1) : std::string_view{}};
  trace_load x;
  x.speed = p.number("speed", x.speed, 0.001, 1e6);
  x.scale = p.number("scale", x.scale, 0, 1e6);
  p.end();
  const std::string file{text.substr(0, end)};
  if (file.empty()) fail("trace", "no file given; accepted: trace:FILE");
  x.rows = std::make_shared<const trace>(open(file));
  return load_shape{x};
}

}  // namespace

load_shape parse_load_shape(std::string_view text, const trace_opener& open) {
  const auto colon = text.find(':');
  const auto kind = trimmed(text.substr(0, colon));
  const auto rest =
      colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  if (kind == "flat") return parse_flat({kind, rest});
  if (kind == "sine") return parse_sine({kind, rest});
  if (kind == "steps") return parse_steps({kind, rest});
  if (kind == "spikes") return parse_spikes({kind, rest});
  if (kind == "trace") return parse_trace(rest, open);
  fail(text,
       "unknown; accepted: flat, sine, steps, spikes, each with parameters such as "
       "sine:period=5m, or trace:FILE");
}

}  // namespace scaleit::simulation
