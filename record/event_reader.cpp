#include "record/event_reader.hpp"

#include "record/event_parser.hpp"

#include <rapidjson/error/en.h>

namespace scaleit::record {

bool event_parser::parse(char* line, std::size_t size) {
  // An in-situ stream ends at the first NUL, wherever that is.
  if (!is_text({line, size})) return fail("not JSON: not UTF-8, or a NUL byte");
  line[size] = '\0';
  found.begin();
  rapidjson::InsituStringStream stream{line};
  constexpr unsigned flags =
      rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag;
  const auto result = json.Parse<flags>(stream, found);
  if (!result.IsError()) return true;
  if (found.too_deep())
    return fail(fmt::format("nested deeper than {} levels", bounds::json_depth_max));
  if (found.no_object()) return fail("not a CloudEvent: no object");
  return fail(fmt::format("not JSON: {} (at byte {})",
                          rapidjson::GetParseError_En(result.Code()), result.Offset()));
}

// -- the envelope -----------------------------------------------------------------------

bool event_parser::envelope(recorded_event& e) {
  const auto& version = found[key::specversion];
  if (version.what != kind::string || !version.text.starts_with("1."))
    return wrong("not a CloudEvent: specversion", version, "\"1.0\"");
  // An id that is no sequence number is as good; what it cannot show is a gap.
  const auto& id = found[key::id];
  if ((id.what != kind::string && id.what != kind::number) || id.text.empty())
    return wrong("not a CloudEvent: id", id, "a whole number, as a string");
  if (!whole(id.text, e.id) || e.id > id_max) e.id = 0;
  const auto& type = found[key::type];
  if (type.what != kind::string || type.text.empty())
    return wrong("not a CloudEvent: type", type, "a string");
  const auto& time = found[key::time];
  const auto when = time.what == kind::string ? parse_rfc3339(time.text) : std::nullopt;
  if (!when) return wrong("time", time, "RFC 3339");
  e.time = *when;
  e.type = type.text;
  e.kind = kind_of(type.text);
  return origin(e);
}

bool event_parser::origin(recorded_event& e) {
  constexpr std::string_view targets = "/targets/";
  const auto& source = found[key::source];
  if (source.what != kind::string || source.text.empty())
    return wrong("not a CloudEvent: source", source, "a string");
  e.target = {};
  if (source.text.starts_with(targets) && source.text.size() > targets.size())
    e.target = source.text.substr(targets.size());
  else if (source.text != "/daemon")
    e.kind = event_kind::unknown;
  else if (needs_target(e.kind))
    return wrong("source", source, "/targets/NAME for this type");
  return true;
}

struct event_reader::parser : record::event_parser {
  using record::event_parser::event_parser;
};

// -- the reader -------------------------------------------------------------------------

event_reader::event_reader(steps s)
    : parser_(std::make_unique<parser>(s == steps::read)) {}
event_reader::~event_reader() = default;
event_reader::event_reader(event_reader&&) noexcept = default;
event_reader& event_reader::operator=(event_reader&&) noexcept = default;
const std::string& event_reader::error() const { return parser_->error; }

bool event_reader::read(char* line, std::size_t size, recorded_event& out) {
  return parser_->parse(line, size) && parser_->envelope(out) && parser_->data(out);
}

}  // namespace scaleit::record
