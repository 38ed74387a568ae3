#include "api/state_file.hpp"

#include "api/sha256.hpp"
#include "messages/bounds.hpp"
#include "messages/text.hpp"
#include "spec/config_reader.hpp"
#include "spec/credential_finder.hpp"
#include "spec/document_json.hpp"
#include "spec/spec_forms.hpp"
#include "spec/spec_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

namespace scaleit::api {

namespace {

using spec::document;
using kind = spec::document::kind;

constexpr std::string_view extension = ".json";
constexpr std::string_view format = "1";
/// Longer names are cut. Some file systems take no more than 143 bytes, and what is set
/// aside has a longer name still.
constexpr std::size_t whole_name_bytes_max = 100;
constexpr std::size_t cut_name_bytes = 66;
constexpr std::size_t cut_hash_digits = 32;
constexpr std::size_t problems_told_max = 3;

bool is_target_name(std::string_view s) {
  return spec::is_valid(spec::text_form::target_name, s);
}

/// The end of a file whose beginning is this.
std::string seal(std::string_view before) {
  return fmt::format(",\"sha256\":\"{}\"}}\n", hex(sha256(before)));
}

std::string sentence_of(const spec::problem_list& problems) {
  std::string out;
  std::size_t told = 0, more = problems.untold();
  for (const auto& p : problems.all()) {
    if (p.warning) continue;
    if (told == problems_told_max) {
      ++more;
      continue;
    }
    out += fmt::format("{}{}: {}", told++ > 0 ? "; " : "", p.path, p.what);
  }
  return more > 0 ? fmt::format("{}; and {} more", out, more) : out;
}

/// Reads one file; the first thing that is wrong ends it.
class state_reader {
 public:
  state_reader(std::string_view text, std::string_view file) : text_(text), file_(file) {}

  std::variant<state_change, std::string> read() {
    const auto parsed = spec::parse_json(text_);
    if (!parsed.document)
      return fmt::format("{}{} (byte {} of {})",
                         parsed.refused ? "it is not accepted: " : "it is ", parsed.error,
                         parsed.offset + 1, text_.size());
    const auto& root = *parsed.document;
    if (root.is != kind::map) return "it is no JSON object";
    if (!is_sealed(root) || !keys(root) || !name(root) || !hold(root) || !spec(root))
      return wrong_;
    if (out_.what.empty()) return "it holds neither a spec nor a hold";
    return std::move(out_);
  }

 private:
  template <class... Args>
  bool fail(fmt::format_string<Args...> what, Args&&... args) {
    wrong_ = fmt::format(what, std::forward<Args>(args)...);
    return false;
  }

  bool is_sealed(const document& root) {
    if (root.find("sha256") == nullptr) return true;  // written by hand
    const auto length = seal({}).size();
    if (text_.size() > length) {
      const auto before = text_.substr(0, text_.size() - length);
      if (text_.substr(before.size()) == seal(before)) return true;
    }
    return fail("it is not as it was written: its sha256 is another");
  }

  bool keys(const document& root) {
    const auto* f = root.find("format");
    if (f == nullptr || f->value->is != kind::number || f->value->scalar != format)
      return fail("its format is {}; accepted: {}",
                  f == nullptr ? "missing" : printable(f->value->scalar, 40), format);
    constexpr std::array<std::string_view, 5> known{"format", "name", "hold", "spec",
                                                    "sha256"};
    for (const auto& e : root.entries)
      if (std::ranges::find(known, e.key) == known.end())
        return fail("unknown key '{}'", printable(e.key, 80));
    return true;
  }

  bool name(const document& root) {
    const auto* e = root.find("name");
    if (e == nullptr || e->value->is != kind::text || !is_target_name(e->value->scalar))
      return fail("it has no target's name");
    out_.name = e->value->scalar;
    if (state_file_of(out_.name) != file_)
      return fail("it is of the target '{}', whose file is {}", printable(out_.name),
                  printable(state_file_of(out_.name)));
    return true;
  }

  bool hold(const document& root) {
    const auto* e = root.find("hold");
    if (e == nullptr) return true;
    if (e->value->is != kind::map) return fail("hold is not valid");
    for (const auto& h : e->value->entries) {
      const bool in = h.key == "scaleIn", out = h.key == "scaleOut";
      if ((!in && !out) || h.value->is != kind::boolean)
        return fail("hold.{} is not valid; accepted: scaleIn and scaleOut, true or false",
                    printable(h.key, 80));
      (in ? out_.what.hold.scale_in : out_.what.hold.scale_out) =
          h.value->scalar == "true";
    }
    return true;
  }

  bool spec(const document& root) {
    const auto* e = root.find("spec");
    if (e == nullptr) return true;
    spec::problem_list problems;
    auto read = spec::read_spec(e->value, {}, problems, "spec");
    if (problems.errors()) return fail("{}", sentence_of(problems));
    if (read.name != out_.name)
      return fail("spec.name is '{}', and it is of the target '{}'",
                  printable(read.name, 80), printable(out_.name));
    out_.what.spec = std::make_shared<const target_spec>(std::move(read));
    return true;
  }

  std::string_view text_, file_;
  state_change out_;
  std::string wrong_;
};

}  // namespace

std::optional<std::string> unkeepable(const target_spec& spec) {
  const auto paths = spec::literal_credentials(spec);
  if (paths.empty()) return {};
  return fmt::format(
      "{} holds a credential in clear text, which is not written into the state folder; "
      "accepted: ${{VAR}} or ${{file:/path}} in a header",
      printable(paths.front(), 200));
}

std::string state_file_of(std::string_view name) {
  if (name.size() <= whole_name_bytes_max) return std::string{name}.append(extension);
  return fmt::format("{}~{}{}", name.substr(0, cut_name_bytes),
                     hex(sha256(name)).substr(0, cut_hash_digits), extension);
}

bool is_state_file(std::string_view file) {
  if (!file.ends_with(extension)) return false;
  const auto stem = file.substr(0, file.size() - extension.size());
  if (stem.size() <= whole_name_bytes_max && is_target_name(stem)) return true;
  return stem.size() == cut_name_bytes + 1 + cut_hash_digits &&
         stem[cut_name_bytes] == '~' &&
         stem.find_first_not_of("0123456789abcdef", cut_name_bytes + 1) ==
             std::string_view::npos;
}

std::string state_text(const state_change& c) {
  // A target's name has nothing that JSON would escape.
  auto out = fmt::format("{{\"format\":{},\"name\":\"{}\"", format, c.name);
  if (const auto& h = c.what.hold; h.any())
    out += fmt::format(",\"hold\":{{\"scaleIn\":{},\"scaleOut\":{}}}", h.scale_in,
                       h.scale_out);
  if (c.what.spec) {
    out += ",\"spec\":";
    spec::append_json(out, *c.what.spec);
  }
  return out + seal(out);
}

std::variant<state_change, std::string> read_state(std::string_view text,
                                                   std::string_view file) {
  return state_reader{text, file}.read();
}

}  // namespace scaleit::api
