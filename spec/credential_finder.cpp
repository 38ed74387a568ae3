#include "spec/credential_finder.hpp"

#include "spec/credentials.hpp"
#include "spec/describe.hpp"
#include "spec/spec_reader.hpp"

#include <fmt/format.h>

#include <utility>

namespace scaleit::spec {

namespace {

class credential_finder : public spec_visitor {
 public:
  std::vector<std::string> take() { return std::move(found_); }

  void text(const spec_key& k, std::string& value, std::string_view,
            text_form form) override {
    const bool is_url = form == text_form::url || form == text_form::base_url;
    if (is_url && shown_url(value) != value) found_.push_back(joined(path_, k.name));
  }
  void headers(const spec_key& k, std::vector<header>& value) override {
    for (const auto& h : value)
      if (shown_header(h.name, h.value) != h.value)
        found_.push_back(joined(joined(path_, k.name), h.name));
  }
  void group(const spec_key& k, bool* present, std::string_view,
             const std::function<void()>& body) override {
    if (!present || *present) inside(std::string{k.name}, body);
  }
  void list(const spec_key& k, std::size_t count, bool, list_range,
            const std::function<void(std::size_t)>&,
            const std::function<void(std::size_t)>& item) override {
    for (std::size_t i = 0; i < count; ++i)
      inside(fmt::format("{}[{}]", k.name, i), [&] { item(i); });
  }
  void shadow(const spec_key& k, target_spec& live) override {
    for (auto& s : live.shadow) inside(std::string{k.name}, [&] { visit(*this, s); });
  }

  // -- what cannot hold any -------------------------------------------------
  void whole(const spec_key&, std::optional<int>&, std::optional<int>,
             whole_range) override {}
  void number(const spec_key&, std::optional<double>&, std::optional<double>,
              const number_range&) override {}
  void duration(const spec_key&, microseconds&, microseconds, duration_range) override {}
  void size(const spec_key&, std::uint64_t&, std::uint64_t) override {}
  void boolean(const spec_key&, bool&, bool) override {}
  void choice(const spec_key&, std::size_t&, std::size_t, names) override {}
  void numbers(const spec_key&, std::vector<std::pair<std::string, double>>&,
               const number_range&) override {}

 private:
  template <class F>
  void inside(const std::string& key, F body) {
    auto outer = std::exchange(path_, joined(path_, key));
    body();
    path_ = std::move(outer);
  }

  std::string path_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> literal_credentials(const target_spec& spec) {
  auto copy = spec;  // what is visited may be written to
  credential_finder f;
  visit(f, copy);
  return f.take();
}

}  // namespace scaleit::spec
