#include "spec/spec_writer.hpp"

#include "spec/credentials.hpp"
#include "spec/describe.hpp"
#include "spec/spec_forms.hpp"

#include <utility>

namespace scaleit::spec {

using kind = document::kind;

namespace {

std::shared_ptr<document> make(kind is) {
  auto d = std::make_shared<document>();
  d->is = is;
  return d;
}

class spec_writer : public spec_visitor {
 public:
  /// `full`: with every key that has a value, for comparing.
  explicit spec_writer(bool full, bool secret = false) : full_(full), secret_(secret) {}

  document_ptr result() const { return map_; }

  void whole(const spec_key& k, std::optional<int>& value, std::optional<int> plain,
             whole_range) override {
    if (value) put(k, value == plain, make_number(*value));
  }
  void number(const spec_key& k, std::optional<double>& value,
              std::optional<double> plain, const number_range&) override {
    if (value) put(k, value == plain, make_number(*value));
  }
  void duration(const spec_key& k, microseconds& value, microseconds plain,
                duration_range) override {
    put(k, value == plain, make_text(to_string(value)));
  }
  void size(const spec_key& k, std::uint64_t& value, std::uint64_t plain) override {
    put(k, value == plain, make_text(size_text(value)));
  }
  void boolean(const spec_key& k, bool& value, bool plain) override {
    put(k, value == plain, make_boolean(value));
  }
  void text(const spec_key& k, std::string& value, std::string_view plain,
            text_form form) override {
    if (k.name == "app") return;
    const bool is_url = form == text_form::url || form == text_form::base_url;
    put(k, value == plain, make_text(is_url && !secret_ ? shown_url(value) : value));
  }
  void choice(const spec_key& k, std::size_t& value, std::size_t plain,
              names accepted) override {
    put(k, value == plain, make_text(accepted[value]));
  }
  void headers(const spec_key& k, std::vector<header>& value) override {
    auto map = make(kind::map);
    for (const auto& h : value)
      map->entries.push_back(
          {h.name, {}, make_text(secret_ ? h.value : shown_header(h.name, h.value))});
    put(k, value.empty(), std::move(map));
  }
  void numbers(const spec_key& k, std::vector<std::pair<std::string, double>>& value,
               const number_range&) override {
    auto map = make(kind::map);
    for (const auto& [name, n] : value)
      map->entries.push_back({name, {}, make_number(n)});
    put(k, value.empty(), std::move(map));
  }
  void group(const spec_key& k, bool* present, std::string_view,
             const std::function<void()>& body) override {
    if (present && !*present) return;
    const auto outer = std::exchange(map_, make(kind::map));
    body();
    const auto inner = std::exchange(map_, outer);
    put(k, !present && inner->entries.empty(), inner);
  }
  void list(const spec_key& k, std::size_t count, bool is_plain, list_range,
            const std::function<void(std::size_t)>&,
            const std::function<void(std::size_t)>& item) override {
    auto all = make(kind::list);
    const auto outer = map_;
    const bool outer_full = std::exchange(full_, false);  // lists are never merged
    for (std::size_t i = 0; i < count; ++i) {
      map_ = make(kind::map);
      item(i);
      all->items.push_back(map_);
    }
    map_ = outer;
    full_ = outer_full;
    put(k, is_plain, std::move(all));
  }
  void shadow(const spec_key& k, target_spec& live) override;

 private:
  void put(const spec_key& k, bool is_plain, document_ptr value) {
    if (!full_ && is_plain && k.is == presence::quiet) return;
    map_->entries.push_back({std::string{k.name}, {}, std::move(value)});
  }

  std::shared_ptr<document> map_ = make(kind::map);
  bool full_;
  bool secret_;
};

document_ptr written(target_spec spec, bool full, bool secret = false) {
  spec_writer w{full, secret};
  visit(w, spec);
  return w.result();
}

void spec_writer::shadow(const spec_key& k, target_spec& live) {
  if (full_ || live.shadow.empty()) return;
  // As it is read: over the live spec, but active.
  auto below = live;
  below.shadow.clear();
  below.mode = {};
  below.pause = {};
  auto changes =
      difference(written(std::move(below), true), written(live.shadow.front(), true));
  if (!changes) changes = make(kind::map);
  // One for both directions, which is overridden in each: there is no more to take away.
  if (const auto* t = changes->find("tolerance"); t && t->value->is == kind::null)
    changes = without(changes, {"tolerance"});
  put(k, false, without(changes, {"name", "interval", "status", "scale"}));
}

}  // namespace

document_ptr to_document(const target_spec& spec) { return written(spec, false); }

document_ptr to_secret_document(const target_spec& spec) {
  return written(spec, false, true);
}

}  // namespace scaleit::spec
