// Targets as `list` and `get` print them: for people, and for machines.
#pragma once

#include "main/target_view.hpp"
#include "main/text_table.hpp"
#include "spec/document.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace scaleit::main {

class target_output {
 public:
  enum class shape {
    list,     ///< a table; {"items":[...]}
    one,      ///< all that there is to say of it; the object itself
    several,  ///< likewise, of each
  };

  /// `format`: table, json, yaml or name.
  target_output(std::string_view format, shape s);

  void add(const spec::document& target);
  void finish();

 private:
  void add_json(const spec::document& target);
  void add_yaml(const spec::document& target);
  void add_details(const spec::document& target);

  std::string format_;
  shape shape_;
  text_table table_;
  std::size_t count_ = 0;
};

/// The columns of `list`, and of `top` those that do not move.
std::vector<table_column> list_columns();
std::vector<std::string> list_row(const target_view& t);

/// Of the terminal on standard output; else COLUMNS, or what all terminals have.
std::size_t output_width();

}  // namespace scaleit::main
