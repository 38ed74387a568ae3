// The visitor that reads settings from a document, and notes all that is wrong.
#pragma once

#include "spec/config_reader.hpp"
#include "spec/spec_visitor.hpp"

#include <string>
#include <vector>

namespace scaleit::spec {

class spec_reader : public spec_visitor {
 public:
  /// `partial`: nothing is required, since it is to be merged with something.
  spec_reader(const document_ptr& root, std::string path, const read_options& options,
              problem_list& problems, bool partial = false);

  /// Visits with `body`, then complains about the keys that nobody asked for, except
  /// `others`.
  void read(const std::function<void()>& body,
            std::initializer_list<std::string_view> others = {});

  void whole(const spec_key& k, std::optional<int>& value, std::optional<int> plain,
             whole_range accepted) override;
  void number(const spec_key& k, std::optional<double>& value,
              std::optional<double> plain, const number_range& accepted) override;
  void duration(const spec_key& k, microseconds& value, microseconds plain,
                duration_range accepted) override;
  void size(const spec_key& k, std::uint64_t& value, std::uint64_t plain) override;
  void boolean(const spec_key& k, bool& value, bool plain) override;
  void text(const spec_key& k, std::string& value, std::string_view plain,
            text_form form) override;
  void choice(const spec_key& k, std::size_t& value, std::size_t plain,
              names accepted) override;
  void headers(const spec_key& k, std::vector<header>& value) override;
  void numbers(const spec_key& k, std::vector<std::pair<std::string, double>>& value,
               const number_range& accepted) override;
  void group(const spec_key& k, bool* present, std::string_view shorthand,
             const std::function<void()>& body) override;
  void list(const spec_key& k, std::size_t count, bool is_plain, list_range accepted,
            const std::function<void(std::size_t)>& resize,
            const std::function<void(std::size_t)>& item) override;
  void shadow(const spec_key& k, target_spec& live) override;

 private:
  /// The key's entry, unless it is absent (said, if it is required).
  const document_entry* find(const spec_key& k);
  /// The same, but null stands for absent where the default is none.
  const document_entry* find_nullable(const spec_key& k);
  void fail(text_position at, std::string_view key, std::string what,
            bool warning = false);
  void reject(const document_entry& e, std::string_view accepted);
  /// Reads a map that is not at the root.
  void inside(const document_ptr& map, const std::string& path, text_position at,
              const std::function<void()>& body);
  void unknown_keys(std::initializer_list<std::string_view> others);
  void header_value(const document_entry& e, const std::string& path,
                    std::vector<header>& value);
  /// Warns of credentials in a URL's query; false if they were hidden.
  bool judge_credentials(text_position at, const spec_key& k, std::string_view url);
  bool expand(const document_entry& e, const std::string& path, std::string& value);

  document_ptr map_;
  text_position at_;
  std::string path_;
  std::vector<std::string_view> known_;
  bool partial_;
  const read_options& options_;
  problem_list& problems_;
};

/// `a.b`; either may be empty.
std::string joined(std::string_view path, std::string_view key);

/// What is wrong with settings that are each right. `root` is where they were read from.
void check_together(const target_spec& spec, const document_ptr& root,
                    const std::string& path, const read_options& options,
                    problem_list& problems);

/// Warnings of settings that can never act, or that let nothing act.
void warn_of_idle_settings(const target_spec& spec, const document_ptr& root,
                           const std::string& path, problem_list& problems);

/// A shadow sees what the live policy sees: its metrics must be read the same way.
void check_shadow(const target_spec& live, const document_ptr& shadow,
                  const std::string& path, problem_list& problems);

}  // namespace scaleit::spec
