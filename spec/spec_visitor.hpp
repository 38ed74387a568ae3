// The room `spec`: settings, from a config file, the environment or a record to valid
// values and back to text, with every mistake told in one line.
//
// It includes `messages`, `policy` and `net`. Begin with describe.cpp, where each setting
// is named once, and this header, which says what can be done with that. The ways in are
// config_file.hpp (a file, read and checked), drop_in.hpp (the environment),
// spec_writer.hpp (a spec as JSON) and secret_store.hpp (what `${VAR}` and
// `${file:/path}` stand for now). status_json.hpp reads an application's answer as a
// spec says.
//
// What can be done with a description of settings: read them, write them, print their
// schema.
//
// spec/describe.cpp names each setting once, with its type, range and meaning; a
// visitor is what is done with it. So a key that is added there is read, written and in
// the schema.
#pragma once

#include "messages/target_spec.hpp"

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scaleit::spec {

enum class presence : std::uint8_t {
  normal,    ///< always written
  quiet,     ///< not written when it has its default
  required,  ///< must be given
};

struct spec_key {
  std::string_view name;
  std::string_view meaning;  ///< for the schema
  presence is = presence::normal;
};

struct whole_range {
  int min = 0;
  int max = 0;
};

struct number_range {
  double min = 0;
  bool above_min = false;  ///< min itself is not accepted
  double max = std::numeric_limits<double>::infinity();
  bool below_max = false;
  bool quantity = false;  ///< Kubernetes' "50m" is accepted, too
};

struct duration_range {
  microseconds min;
  microseconds max;
};

struct list_range {
  std::size_t min = 0;
  std::size_t max = 0;
};

enum class text_form : std::uint8_t {
  any,  ///< not empty, without control characters
  target_name,
  metric_name,
  pointer,
  url,
  base_url,  ///< to which a path is appended
  body,
  cron,
  timezone,
  combination,
  listener,
};

using names = std::span<const std::string_view>;

/// Values are read into or written from the references; `plain` is the default. An
/// optional that is empty has no value, and if it may stay so the default is empty, too.
class spec_visitor {
 public:
  virtual ~spec_visitor() = default;
  virtual void whole(const spec_key& k, std::optional<int>& value,
                     std::optional<int> plain, whole_range accepted) = 0;
  virtual void number(const spec_key& k, std::optional<double>& value,
                      std::optional<double> plain, const number_range& accepted) = 0;
  virtual void duration(const spec_key& k, microseconds& value, microseconds plain,
                        duration_range accepted) = 0;
  virtual void size(const spec_key& k, std::uint64_t& value, std::uint64_t plain) = 0;
  virtual void boolean(const spec_key& k, bool& value, bool plain) = 0;
  virtual void text(const spec_key& k, std::string& value, std::string_view plain,
                    text_form form) = 0;
  virtual void choice(const spec_key& k, std::size_t& value, std::size_t plain,
                      names accepted) = 0;
  virtual void headers(const spec_key& k, std::vector<header>& value) = 0;
  virtual void numbers(const spec_key& k,
                       std::vector<std::pair<std::string, double>>& value,
                       const number_range& accepted) = 0;
  /// A map of settings. `present` is null unless it may be absent. A text in its place
  /// stands for its key `shorthand`, if that is not empty.
  virtual void group(const spec_key& k, bool* present, std::string_view shorthand,
                     const std::function<void()>& body) = 0;
  /// `resize` makes that many items, all with their defaults; `item` visits one.
  virtual void list(const spec_key& k, std::size_t count, bool is_plain,
                    list_range accepted, const std::function<void(std::size_t)>& resize,
                    const std::function<void(std::size_t)>& item) = 0;
  virtual void shadow(const spec_key& k, target_spec& live) = 0;
};

/// One struct that is visited, with its default beside it. Members are named by pointer.
template <class S>
struct fields {
  spec_visitor& visitor;
  S& value;
  const S& plain;

  template <class B>
  void whole(const spec_key& k, int B::*m, whole_range accepted) {
    std::optional<int> x = value.*m;
    visitor.whole(k, x, plain.*m, accepted);
    value.*m = *x;
  }
  template <class B>
  void whole(const spec_key& k, std::optional<int> B::*m, whole_range accepted) {
    visitor.whole(k, value.*m, plain.*m, accepted);
  }
  template <class B>
  void number(const spec_key& k, double B::*m, const number_range& accepted) {
    std::optional<double> x = value.*m;
    visitor.number(k, x, plain.*m, accepted);
    value.*m = *x;
  }
  template <class B, class Duration>
  void duration(const spec_key& k, Duration B::*m, duration_range accepted) {
    microseconds x{value.*m};
    visitor.duration(k, x, microseconds{plain.*m}, accepted);
    value.*m = std::chrono::round<Duration>(x);
  }
  /// Whole seconds, as a number.
  template <class B>
  void seconds(const spec_key& k, std::chrono::seconds B::*m, whole_range accepted) {
    std::optional<int> x = static_cast<int>((value.*m).count());
    visitor.whole(k, x, static_cast<int>((plain.*m).count()), accepted);
    value.*m = std::chrono::seconds{*x};
  }
  template <class B>
  void size(const spec_key& k, std::uint64_t B::*m) {
    visitor.size(k, value.*m, plain.*m);
  }
  template <class B>
  void boolean(const spec_key& k, bool B::*m) {
    visitor.boolean(k, value.*m, plain.*m);
  }
  template <class B>
  void text(const spec_key& k, std::string B::*m, text_form form = text_form::any) {
    visitor.text(k, value.*m, plain.*m, form);
  }
  template <class B, class E>
  void choice(const spec_key& k, E B::*m, names accepted) {
    auto x = static_cast<std::size_t>(value.*m);
    visitor.choice(k, x, static_cast<std::size_t>(plain.*m), accepted);
    value.*m = static_cast<E>(x);
  }
  template <class B>
  void headers(const spec_key& k, std::vector<header> B::*m) {
    visitor.headers(k, value.*m);
  }

  template <class B, class T>
  void group(const spec_key& k, T B::*m) {
    visitor.group(k, nullptr, {}, [&] {
      fields<T> inner{visitor, value.*m, plain.*m};
      describe(inner);
    });
  }
  template <class B, class T>
  void maybe(const spec_key& k, std::optional<T> B::*m, std::string_view shorthand = {}) {
    const T plain_item{};
    bool present = (value.*m).has_value();
    T item = present ? *(value.*m) : T{};
    visitor.group(k, &present, shorthand, [&] {
      fields<T> inner{visitor, item, plain_item};
      describe(inner);
    });
    value.*m = present ? std::optional<T>{std::move(item)} : std::nullopt;
  }
  template <class B, class T>
  void list(const spec_key& k, std::vector<T> B::*m, list_range accepted) {
    const T plain_item{};
    auto& items = value.*m;
    visitor.list(
        k, items.size(), items == plain.*m, accepted,
        [&](std::size_t n) { items.assign(n, T{}); },
        [&](std::size_t i) {
          fields<T> inner{visitor, items[i], plain_item};
          describe(inner);
        });
  }
};

}  // namespace scaleit::spec
