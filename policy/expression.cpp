#include "policy/expression.hpp"

#include "messages/bounds.hpp"
#include "messages/text.hpp"
#include "policy/expression_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <muParser.h>
#include <unordered_map>

namespace scaleit::policy {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// The library's own min and max forget a NaN that is not the first value.
double least(const double* v, int n) {
  double m = v[0];
  for (int i = 1; i < n; ++i) m = std::isnan(v[i]) || v[i] < m ? v[i] : m;
  return m;
}
double most(const double* v, int n) {
  double m = v[0];
  for (int i = 1; i < n; ++i) m = std::isnan(v[i]) || v[i] > m ? v[i] : m;
  return m;
}
double mean(const double* v, int n) {
  double sum = 0;
  for (int i = 0; i < n; ++i) sum += v[i];
  return sum / n;
}

void define_functions(mu::Parser& p) {
  p.DefineFun("min", least);
  p.DefineFun("max", most);
  p.DefineFun("avg", mean);
  using one = double (*)(double);
  p.DefineFun("abs", static_cast<one>([](double x) { return std::abs(x); }));
  p.DefineFun("sqrt", static_cast<one>([](double x) { return std::sqrt(x); }));
  p.DefineFun("log", static_cast<one>([](double x) { return std::log(x); }));
  p.DefineFun("exp", static_cast<one>([](double x) { return std::exp(x); }));
  p.DefineFun("floor", static_cast<one>([](double x) { return std::floor(x); }));
  p.DefineFun("ceil", static_cast<one>([](double x) { return std::ceil(x); }));
  p.DefineFun("round", static_cast<one>([](double x) { return std::round(x); }));
  p.DefineInfixOprt("-", [](double x) { return -x; });
  p.DefineInfixOprt("+", [](double x) { return x; });
  p.DefineInfixOprt("!", [](double x) { return x == 0 ? 1.0 : 0.0; });
}

/// Where `token` begins, counted from 0: for some tokens the parser tells the end.
std::size_t begin_of(std::string_view token, std::size_t at, std::string_view text) {
  const auto is_at = [&](std::size_t i) { return text.substr(i).starts_with(token); };
  if (at > text.size() || is_at(at) || token.size() > at) return at;
  return is_at(at - token.size()) ? at - token.size() : at;
}

/// muParser's error in our words and our counting.
expression_error translated(const mu::ParserError& e, std::string_view text) {
  std::string raw = e.GetToken();
  raw.erase(raw.find_last_not_of(' ') + 1);
  const auto token = printable(raw, 60);
  const std::size_t end = text.size() + 1;
  const auto at =
      e.GetPos() < 0 ? end : std::min(static_cast<std::size_t>(e.GetPos()), end);
  switch (e.GetCode()) {
    case mu::ecUNEXPECTED_EOF:
    case mu::ecINTERNAL_ERROR:  // an operator, and nothing behind it
      return {end, "it ends where a value should follow"};
    case mu::ecUNASSIGNABLE_TOKEN:
      return {at + 1, fmt::format("'{}' is no number that can be used", token)};
    case mu::ecUNEXPECTED_ARG:
      return {at, "a comma belongs between the arguments of a function"};
    case mu::ecTOO_MANY_PARAMS:
      return {at, fmt::format("too many arguments for {}; it takes one", token)};
    case mu::ecTOO_FEW_PARAMS:
      return {at, fmt::format("too few arguments for {}; it takes at least one", token)};
    case mu::ecMISSING_ELSE_CLAUSE:
      return {end, "a '?' has no ':'"};
    case mu::ecMISPLACED_COLON:
      return {at, "this ':' has no '?'"};
    case mu::ecUNEXPECTED_ARG_SEP:  // tells its end when it is within a '?:'
      return {raw.empty() ? at : at + 1, "',' is not expected here"};
    case mu::ecUNEXPECTED_OPERATOR:
    case mu::ecUNEXPECTED_VAL:
    case mu::ecUNEXPECTED_VAR:
    case mu::ecUNEXPECTED_FUN:
    case mu::ecUNEXPECTED_PARENS:
    case mu::ecUNEXPECTED_CONDITIONAL:
      return {begin_of(raw, at, text) + 1,
              fmt::format("'{}' is not expected here", token)};
    default:
      return {at, fmt::format("it cannot be read: {}", printable(e.GetMsg(), 80))};
  }
}

}  // namespace

expression_error::expression_error(std::size_t at, const std::string& why)
    : std::runtime_error(fmt::format("at character {}: {}", at, why)), position(at) {}

struct expression::parser {
  mu::Parser mu;
  std::vector<double> values;  ///< never grows: the parser points into it
};

expression::expression(std::string_view text, std::span<const std::string> names)
    : parser_(std::make_unique<parser>()) {
  const auto plain = checked_words(text, names);
  if (plain.find_first_not_of(' ') == std::string::npos)
    throw expression_error{1,
                           "it is empty; accepted: such as max(cpu / 0.8, queue / 30)"};
  auto& mu = parser_->mu;
  parser_->values.assign(names.size(), 1.0);
  try {
    mu.ClearFun();
    mu.ClearConst();
    mu.ClearInfixOprt();
    mu.ClearPostfixOprt();
    mu.EnableOptimizer(false);  // what is computed is what is written
    define_functions(mu);
    for (std::size_t i = 0; i < names.size(); ++i)
      mu.DefineVar(expression_name(names[i]), &parser_->values[i]);
    mu.SetExpr(plain);
    mu.Eval();  // the first time, it parses
  } catch (const mu::ParserError& e) {
    throw translated(e, plain);
  }
  if (mu.GetNumResults() != 1)
    throw expression_error{text.size() + 1,
                           "a comma makes it more than one result; accepted: one"};
}

expression::~expression() = default;

double expression::operator()(std::span<const double> values) const noexcept {
  if (values.size() != parser_->values.size()) return nan;
  std::copy(values.begin(), values.end(), parser_->values.begin());
  try {
    return parser_->mu.Eval();
  } catch (const mu::ParserError&) {
    return nan;
  }
}

std::optional<std::string> complaint_about_expression(
    std::string_view text, std::span<const std::string> names) {
  try {
    const expression compiled{text, names};
    return {};
  } catch (const expression_error& e) {
    return e.what();
  }
}

// -- the cache -----------------------------------------------------------

namespace {

struct compiled {
  std::string text;
  std::vector<std::string> names;
  std::shared_ptr<const expression> code;

  bool is_of(const target_spec& spec) const {
    return text == spec.combine.expression &&
           std::equal(names.begin(), names.end(), spec.metrics.begin(),
                      spec.metrics.end(),
                      [](const auto& n, const auto& m) { return n == m.name; });
  }
};

/// A hash of everything that the code is made of. It copies none of that, since each
/// decision looks up.
std::size_t key_of(const target_spec& spec) {
  constexpr std::hash<std::string_view> hash;
  std::size_t key = hash(spec.combine.expression);
  for (const auto& m : spec.metrics) key = key * 31 + hash(m.name);
  return key;
}

}  // namespace

std::shared_ptr<const expression> expression_of(const target_spec& spec) {
  thread_local std::unordered_map<std::size_t, compiled> cache;
  const auto key = key_of(spec);
  const auto found = cache.find(key);
  if (found != cache.end() && found->second.is_of(spec)) return found->second.code;
  compiled fresh{spec.combine.expression, {}, {}};
  for (const auto& m : spec.metrics) fresh.names.push_back(m.name);
  fresh.code = std::make_shared<const expression>(fresh.text, fresh.names);
  // Whoever holds one keeps it; the others are compiled again.
  if (cache.size() >= bounds::expressions_cached_max) cache.clear();
  return cache.insert_or_assign(key, std::move(fresh)).first->second.code;
}

}  // namespace scaleit::policy
