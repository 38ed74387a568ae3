#include "actors/roster.hpp"

namespace scaleit::actors {

crew& roster::enlist(const target_ptr& spec) {
  auto& c = crews[spec->name];
  if (c.book) return c;
  auto book = std::make_shared<ledger>();
  book->spec = spec;
  if (auto known = before.extract(spec->name)) {
    book->history = std::move(known.mapped().history);
    policy::recall_changed(*known.mapped().spec, *spec, book->history);
  }
  c.number = ++numbers;
  c.book = std::move(book);
  return c;
}

}  // namespace scaleit::actors
