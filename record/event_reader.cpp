#include "record/event_reader.hpp"

#include "messages/text.hpp"
#include "record/data_reader.hpp"
#include "record/event_tape.hpp"

#include <fmt/format.h>
#include <rapidjson/error/en.h>

#include <array>
#include <utility>

namespace scaleit::record {

namespace {

template <std::size_t... I>
std::array<event::payload, event_kinds> one_of_each(std::index_sequence<I...>) {
  return {event::payload{std::in_place_index<I>}...};
}

}  // namespace

/// One object, so that its buffers are used again from line to line.
struct event_reader::parser {
  explicit parser(steps s) : tape(s == steps::read ? "" : "steps") {}

  event_tape tape;
  std::string error;
  /// The payloads of the other types: what is read next goes where its memory is.
  std::array<event::payload, event_kinds> spare =
      one_of_each(std::make_index_sequence<event_kinds>{});

  bool fail(std::string sentence) {
    error = std::move(sentence);
    return false;
  }
  bool wrong(std::string_view name, const tape_value& v, std::string_view accepted) {
    return fail(data_reader::sentence(name, v, accepted));
  }

  bool parse(char* line, std::size_t size) {
    // An in-situ stream ends at the first NUL, wherever that is.
    if (!is_text({line, size})) return fail("not JSON: not UTF-8, or a NUL byte");
    switch (tape.read(line, size)) {
      case event_tape::refusal::none:
        return true;
      case event_tape::refusal::depth:
        return fail(fmt::format("nested deeper than {} levels", bounds::json_depth_max));
      case event_tape::refusal::no_object:
        return fail("not a CloudEvent: no object");
      case event_tape::refusal::syntax:
        break;
    }
    return fail(fmt::format("not JSON: {} (at byte {})",
                            rapidjson::GetParseError_En(tape.where().Code()),
                            tape.where().Offset()));
  }

  bool read(recorded_event& e) {
    tape_members top{tape, 0};
    std::size_t kind = unknown_kind;
    if (!envelope(top, e, kind)) return false;
    e.known = kind != unknown_kind;
    if (!e.known) return true;
    if (kind != e.kind()) {
      spare[e.data.index()] = std::move(e.data);
      e.data = std::move(spare[kind]);
    }
    const auto at = top.find(envelope::data.name);
    const bool object =
        at != tape_members::nowhere && tape.values()[at].is == tape_value::kind::object;
    data_reader data{tape, object ? std::optional{at} : std::nullopt, e.spec};
    std::visit([&](auto& payload) { describe(data, payload); }, e.data);
    return data.good() || fail(data.take_error());
  }

  bool envelope(tape_members& top, recorded_event& e, std::size_t& kind) {
    const auto& version = top[envelope::version.name];
    if (version.is != tape_value::kind::string || !version.text.starts_with("1."))
      return wrong("not a CloudEvent: specversion", version, "\"1.0\"");
    // An id that is no sequence number is as good; what it cannot show is a gap.
    const auto& id = top[envelope::id.name];
    if ((id.is != tape_value::kind::string && id.is != tape_value::kind::number) ||
        id.text.empty())
      return wrong("not a CloudEvent: id", id, "a whole number, as a string");
    if (!whole_text(id.text, e.sequence) || e.sequence > id_max) e.sequence = 0;
    const auto& source = top[envelope::source.name];
    const auto& type = top[envelope::type.name];
    if (type.is != tape_value::kind::string || type.text.empty())
      return wrong("not a CloudEvent: type", type, "a string");
    const auto& time = top[envelope::time.name];
    const auto when =
        time.is == tape_value::kind::string ? parse_rfc3339(time.text) : std::nullopt;
    if (!when) return wrong("time", time, "RFC 3339");
    e.time = *when;
    e.type = type.text;
    kind = kind_named(type.text);
    return origin(source, e, kind);
  }

  bool origin(const tape_value& source, recorded_event& e, std::size_t& kind) {
    constexpr std::string_view targets = "/targets/";
    if (source.is != tape_value::kind::string || source.text.empty())
      return wrong("not a CloudEvent: source", source, "a string");
    e.name = {};
    if (source.text.starts_with(targets) && source.text.size() > targets.size())
      e.name = source.text.substr(targets.size());
    else if (source.text != "/daemon")
      kind = unknown_kind;
    else if (needs_target(kind))
      return wrong("source", source, "/targets/NAME for this type");
    return true;
  }
};

// -- the reader -----------------------------------------------------------

event_reader::event_reader(steps s) : parser_(std::make_unique<parser>(s)) {}
event_reader::~event_reader() = default;
event_reader::event_reader(event_reader&&) noexcept = default;
event_reader& event_reader::operator=(event_reader&&) noexcept = default;
const std::string& event_reader::error() const { return parser_->error; }

bool event_reader::read(char* line, std::size_t size, recorded_event& out) {
  return parser_->parse(line, size) && parser_->read(out);
}

}  // namespace scaleit::record
