// A YAML or JSON text as a tree that remembers where each key stood.
//
// Settings are merged, compared, read and written as such trees, so that whatever is
// wrong is told with its line and column, whichever layer and language it came from.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::spec {

/// Both count from 1; 0 is nowhere.
struct text_position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  auto operator<=>(const text_position&) const =
      default;  // NOLINT(modernize-use-nullptr)
};

struct document;
using document_ptr = std::shared_ptr<const document>;  ///< shared by aliases and merges

struct document_entry {
  std::string key;
  text_position at;
  document_ptr value;
};

struct document {
  enum class kind : std::uint8_t { null, boolean, number, text, list, map };

  kind is = kind::null;
  text_position at;
  std::string scalar{};  ///< as it stood there; without quotes and escapes if text
  std::vector<document_ptr> items{};
  std::vector<document_entry> entries{};  ///< each key once
  std::size_t nodes = 1;  ///< with all below it, aliases counted each time

  const document_entry* find(std::string_view key) const;
};

/// A text that is no document. One sentence, without the position.
struct document_error : std::runtime_error {
  document_error(text_position where, const std::string& what)
      : std::runtime_error{what}, at{where} {}
  text_position at;
};

/// Reads JSON, or one document of YAML in its core schema (`no` is a text). Bounded in
/// size, depth and nodes, whatever the text. Throws document_error.
document_ptr parse_document(std::string_view text);

/// The number that a YAML scalar spells: decimal, 0x, 0o, .inf or .nan.
std::optional<double> parse_yaml_number(std::string_view s);

/// `over` on top of `under`: maps merge deeply, anything else replaces.
document_ptr merge(const document_ptr& under, const document_ptr& over);

/// The least that, merged over `under`, gives `result`; a key it lacks becomes null.
/// Null if there is no difference.
document_ptr difference(const document_ptr& under, const document_ptr& result);

/// The map without these keys.
document_ptr without(const document_ptr& map, const std::vector<std::string_view>& keys);

bool same_content(const document& a, const document& b);

/// Appends it as JSON, on one line.
void append_json(std::string& out, const document& d);
/// On many lines, for people.
std::string pretty_json(const document& d);

// -- making one -----------------------------------------------------------

document_ptr make_text(std::string_view s, text_position at = {});
document_ptr make_number(double d);
document_ptr make_boolean(bool b);
document_ptr make_null();

/// Puts a document together from events, and refuses what must not be: duplicate keys,
/// too much of anything. Throws document_error.
class document_builder {
 public:
  void begin(document::kind list_or_map, text_position at);
  void key(std::string_view name, text_position at);
  void end();
  void add(document_ptr value);
  void scalar(document::kind is, std::string_view text, text_position at);
  /// What was added last, complete.
  const document_ptr& last() const { return last_; }
  bool expects_key() const;
  bool empty() const { return open_.empty() && !last_; }

 private:
  struct level {
    std::shared_ptr<document> node;
    std::optional<document_entry> key;
  };
  std::vector<level> open_;
  document_ptr last_;
};

}  // namespace scaleit::spec
