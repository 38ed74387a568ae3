// JSON taken apart into its tokens, as leniently as can be done safely: what a document
// holds beside the values that somebody wants is not worth refusing it.
//
// So NaN and Infinity pass as numbers (Python writes them), and strings may hold any
// bytes and any escapes; brackets, commas and colons must be right. Neither depth nor
// the size of a number costs anything here.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace scaleit::spec {

/// One sentence, with the place and the text there.
struct json_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class json_scanner {
 public:
  /// `text` is written to where strings are decoded in place.
  explicit json_scanner(std::string& text);

  /// Past blanks: the next character, or 0 at the end.
  char peek();
  void skip() { ++at_; }  ///< the character that was just seen
  bool at_end();

  /// Between its quotes, escapes and all. The next character is a quote.
  std::string_view raw_string();
  /// The same, decoded in place.
  std::string_view string();
  /// A number, true, false or null.
  std::string_view word();

  /// Throws json_error: `what`, and where it stands.
  [[noreturn]] void fail(std::string_view what) const;

 private:
  char* begin_;
  char* at_;
  char* end_;
};

}  // namespace scaleit::spec
