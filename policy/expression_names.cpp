#include "policy/expression_names.hpp"

#include "messages/near_miss.hpp"
#include "messages/text.hpp"
#include "policy/expression.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace scaleit::policy {

namespace {

// Not <cctype>: what it says depends on the locale.
bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

constexpr std::array<std::string_view, 20> operators{
    "==", "!=", "<=", ">=", "&&", "||", "+", "-", "*", "/",
    "^",  "<",  ">",  "!",  "?",  ":",  ",", "(", ")", "."};

std::string listed(std::span<const std::string_view> words) {
  std::string all;
  for (const auto& w : words) all += (all.empty() ? "" : ", ") + std::string{w};
  return printable(all, 120);
}

/// One pass over the text, left to right.
class reader {
 public:
  reader(std::string_view text, std::span<const std::string> metrics)
      : text_(text), plain_(text) {
    std::replace_if(plain_.begin(), plain_.end(), blank, ' ');
    for (const auto& m : metrics) names_.push_back(expression_name(m));
    for (const auto& n : names_) known_.emplace_back(n);
    metrics_ = metrics;
  }

  std::string run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (blank(c))
        ++at_;
      else if (digit(c) || c == '.')
        number();
      else if (letter(c))
        word();
      else
        symbol();
    }
    if (!open_.empty()) fail(open_.back(), "this '(' is not closed");
    return std::move(plain_);
  }

 private:
  [[noreturn]] static void fail(std::size_t index, const std::string& why) {
    throw expression_error{index + 1, why};
  }

  /// No ASCII, or a control character: most often not to be seen.
  static bool odd(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return !blank(c) && (byte < ' ' || byte >= 0x7F);
  }

  bool digit_at(std::size_t i) const { return i < text_.size() && digit(text_[i]); }

  void number() {
    while (at_ < text_.size() && (digit(text_[at_]) || text_[at_] == '.')) ++at_;
    if (at_ >= text_.size() || (text_[at_] != 'e' && text_[at_] != 'E')) return;
    const bool sign =
        at_ + 1 < text_.size() && (text_[at_ + 1] == '+' || text_[at_ + 1] == '-');
    if (!digit_at(at_ + (sign ? 2 : 1))) return;
    at_ += sign ? 2 : 1;
    while (digit_at(at_)) ++at_;
  }

  void word() {
    const auto begin = at_;
    while (at_ < text_.size() && (letter(text_[at_]) || digit(text_[at_]))) ++at_;
    if (at_ < text_.size() && odd(text_[at_])) symbol();  // which is what is wrong
    const auto name = text_.substr(begin, at_ - begin);
    auto next = at_;
    while (next < text_.size() && blank(text_[next])) ++next;
    if (next < text_.size() && text_[next] == '(')
      function(name, begin, next);
    else
      metric(name, begin);
  }

  void function(std::string_view name, std::size_t begin, std::size_t parenthesis) {
    if (std::find(expression_functions.begin(), expression_functions.end(), name) !=
        expression_functions.end()) {
      plain_.replace(begin, parenthesis - begin, parenthesis - begin, ' ');
      plain_.replace(parenthesis - name.size(), name.size(), name);
      return;
    }
    const auto meant = nearest(name, expression_functions);
    fail(begin, fmt::format("'{}' is no function{}; functions: {}", printable(name, 60),
                            suggestion(meant), listed(expression_functions)));
  }

  void metric(std::string_view name, std::size_t begin) const {
    const auto first = std::find(known_.begin(), known_.end(), name);
    if (first == known_.end())
      fail(begin, fmt::format("'{}' is unknown{}; metrics: {}", printable(name, 60),
                              suggestion(meant_by(name, begin)), listed(known_)));
    const auto second = std::find(first + 1, known_.end(), name);
    if (second != known_.end())
      fail(begin,
           fmt::format("'{}' is both metric '{}' and metric '{}'; rename one of them",
                       printable(name, 60), printable(original(first), 60),
                       printable(original(second), 60)));
  }

  /// `queue_length`, where the text has `queue-length`; else what is written alike.
  std::string_view meant_by(std::string_view name, std::size_t begin) const {
    for (std::size_t i = 0; i < known_.size(); ++i)
      if (metrics_[i].size() > name.size() &&
          text_.substr(begin).starts_with(metrics_[i]))
        return known_[i];
    return nearest(name, known_);
  }

  const std::string& original(std::vector<std::string_view>::const_iterator of) const {
    return metrics_[static_cast<std::size_t>(of - known_.begin())];
  }

  static std::string suggestion(std::string_view meant) {
    return meant.empty() ? "" : fmt::format(" (did you mean '{}'?)", meant);
  }

  void symbol() {
    const auto rest = text_.substr(at_);
    const auto found = std::find_if(operators.begin(), operators.end(),
                                    [&](auto o) { return rest.starts_with(o); });
    if (found == operators.end())
      fail(at_, fmt::format("'{}' is not accepted; accepted: numbers, metrics, "
                            "parentheses, functions and + - * / ^ == != < <= > >= && || "
                            "! ?: (not assignment)",
                            printable(rest.substr(
                                0, std::max<std::size_t>(1, utf8_length(rest))))));
    if (*found == "(") {
      if (open_.size() == bounds::expression_depth_max)
        fail(at_, fmt::format("nested deeper than {} parentheses",
                              bounds::expression_depth_max));
      open_.push_back(at_);
    } else if (*found == ")") {
      if (open_.empty()) fail(at_, "this ')' closes nothing");
      open_.pop_back();
    }
    at_ += found->size();
  }

  std::string_view text_;
  std::string plain_;
  std::span<const std::string> metrics_;
  std::vector<std::string> names_;         ///< as written in expressions
  std::vector<std::string_view> known_{};  ///< the same
  std::vector<std::size_t> open_{};        ///< where the open parentheses are
  std::size_t at_ = 0;
};

}  // namespace

std::string expression_name(std::string_view metric) {
  std::string name{metric};
  for (char& c : name)
    if (!letter(c) && !digit(c)) c = '_';
  if (name.empty() || digit(name.front())) name.insert(0, "_");
  return name;
}

std::string checked_words(std::string_view text, std::span<const std::string> metrics) {
  if (text.size() > bounds::expression_bytes_max)
    throw expression_error{
        bounds::expression_bytes_max + 1,
        fmt::format("longer than {} bytes", bounds::expression_bytes_max)};
  return reader{text, metrics}.run();
}

}  // namespace scaleit::policy
