#include "net/answer_parser.hpp"

#include "messages/bounds.hpp"
#include "net/headers.hpp"
#include "net/http_text.hpp"
#include "net/sentence.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace scaleit::net {

using std::string_view;

namespace {

/// Calls `each` with the elements of a list between commas.
template <class F>
void for_each_element(string_view list, F each) {
  while (true) {
    const auto comma = list.find(',');
    each(trimmed(list.substr(0, comma)));
    if (comma == string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

/// RFC 9112, section 5.2: a line that begins with a blank continues the one before.
bool is_folded(string_view text) {
  return text.find("\n ") != string_view::npos || text.find("\n\t") != string_view::npos;
}

std::string unfolded(string_view text) {
  std::string out{text};
  for (std::size_t i = 0; i + 1 < out.size(); ++i) {
    if (out[i] != '\n' || (out[i + 1] != ' ' && out[i + 1] != '\t')) continue;
    out[i] = ' ';
    if (i > 0 && out[i - 1] == '\r') out[i - 1] = ' ';
  }
  return out;
}

}  // namespace

/// How the body is delimited, as the fields are read (RFC 9112, section 6.3).
struct answer_parser::framing {
  std::optional<std::uint64_t> length;
  std::string wrong_length;
  bool chunked = false;
  bool close = false;
  bool keep_alive = false;
};

answer_parser::step answer_parser::next(string_view& in) {
  switch (state_) {
    case state::header:
      return read_header(in);
    case state::counted:
      return read_counted(in);
    case state::chunk_size:
      return read_chunk_size(in);
    case state::chunk_end:
      return read_chunk_end(in);
    case state::trailer:
      return read_trailer(in);
    case state::to_end:
      return take(in, in.size());
    default:
      return step::end;
  }
}

/// Nothing is lost with the line end of the last chunk, nor with a trailer.
bool answer_parser::ends_well() const {
  return state_ == state::to_end || state_ == state::trailer || state_ == state::done;
}

answer_parser::step answer_parser::broken(flaw what, std::string detail) {
  defect_ = {what, std::move(detail)};
  return step::broken;
}

// -- the header -----------------------------------------------------------

answer_parser::step answer_parser::read_header(string_view& in) {
  while (true) {
    if (!begun_) {
      const auto empty = std::min(in.find_first_not_of("\r\n"), in.size());
      in.remove_prefix(empty);
      extra_bytes_ += empty;
      if (extra_bytes_ >= settings_.header_bytes_max)
        return broken(flaw::header_too_large, {});
      if (in.empty()) return step::need_more;
      if (!check_start(in)) return step::broken;
      begun_ = true;
    }
    const auto end = end_of_header(in);
    if (std::min(end, in.size()) >= settings_.header_bytes_max)
      return broken(flaw::header_too_large, {});
    if (end == string_view::npos) return step::need_more;
    const auto text = in.substr(0, end);
    in.remove_prefix(end);
    begun_ = false;
    scanned_ = 0;
    if (!read_head(text)) return step::broken;
    if (head_.status / 100 != 1) return step::head;
    // RFC 9110, section 15.2: any number of interim answers may come first.
    if (head_.status == 101 || ++interim_ > bounds::interim_answers_max)
      return broken(flaw::faulty, head_.status == 101
                                      ? "it switches protocols (101), unasked"
                                      : "too many interim answers and no real one");
    state_ = state::header;
    head_ = {};
  }
}

/// Said at the first bytes, since what is not HTTP may never send a line.
bool answer_parser::check_start(string_view in) {
  constexpr string_view protocol = "HTTP/";
  constexpr char tls_alert = 0x15, tls_handshake = 0x16, tls_version = 0x03;
  const auto n = std::min(in.size(), protocol.size());
  if (same_header(in.substr(0, n), protocol.substr(0, n))) return true;
  const bool tls = (in[0] == tls_alert || in[0] == tls_handshake) &&
                   (in.size() < 2 || in[1] == tls_version);
  broken(
      tls ? flaw::tls : flaw::not_http,
      fmt::format("it begins with {}", quoted(in.substr(0, in.find_first_of("\r\n")))));
  return false;
}

/// Behind the empty line.
std::size_t answer_parser::end_of_header(string_view in) {
  for (auto at = in.find('\n', scanned_); at != string_view::npos;
       at = in.find('\n', at + 1)) {
    const auto rest = in.substr(at + 1, 2);
    if (rest.starts_with('\n')) return at + 2;
    if (rest == "\r\n") return at + 3;
    if (rest.empty() || rest == "\r") {
      scanned_ = at;
      return string_view::npos;
    }
  }
  scanned_ = in.size();
  return string_view::npos;
}

bool answer_parser::read_head(string_view text) {
  if (is_folded(text)) {
    const auto one_line_each = unfolded(text);
    return read_fields(one_line_each);
  }
  return read_fields(text);
}

bool answer_parser::read_status_line(string_view line) {
  constexpr std::size_t digits = 3;
  const auto shown = quoted(trimmed(line));
  auto rest = line.substr(std::min(line.find('/') + 1, line.size()));
  const auto version = rest.substr(0, rest.find_first_of(blanks));
  rest = trimmed(rest.substr(version.size()));
  const bool minor_is_number =
      version.size() > 2 && version[1] == '.' && whole_number<10>(version.substr(2));
  if (!version.starts_with('1') || !(version.size() == 1 || minor_is_number)) {
    broken(flaw::not_http,
           fmt::format("its status line is {}; accepted: HTTP/1.1 and 1.0", shown));
    return false;
  }
  old_version_ = version == "1" || version == "1.0";
  const auto status = whole_number<10>(rest.substr(0, digits));
  const bool ends = rest.size() <= digits || rest[digits] == ' ' || rest[digits] == '\t';
  if (rest.size() < digits || !status || *status < 100 || !ends) {
    broken(
        flaw::not_http,
        fmt::format("its status line is {}; accepted: a status of three digits", shown));
    return false;
  }
  head_.status = static_cast<int>(*status);
  return true;
}

/// A line without a colon is no field and is left out, as most clients do.
bool answer_parser::read_fields(string_view text) {
  if (!read_status_line(cut_line(text))) return false;
  framing f;
  while (!text.empty()) {
    const auto line = cut_line(text);
    const auto colon = line.find(':');
    if (colon == string_view::npos) continue;
    const auto name = trimmed(line.substr(0, colon));
    if (!name.empty()) read_field(name, trimmed(line.substr(colon + 1)), f);
  }
  return begin_body(f);
}

void answer_parser::read_field(string_view name, string_view value, framing& f) {
  if (settings_.keep_fields)
    head_.fields.push_back({std::string{name}, std::string{value}});
  const auto is = [&](string_view known) { return same_header(name, known); };
  if (is("content-length")) {
    for_each_element(value, [&](string_view one) {
      const auto n = whole_number<10>(one);
      if (!n)
        f.wrong_length = fmt::format("its Content-Length is {}", quoted(one));
      else if (f.length && f.length != n)
        f.wrong_length =
            fmt::format("it has two Content-Lengths, {} and {}", *f.length, *n);
      else
        f.length = n;
    });
  } else if (is("transfer-encoding")) {
    for_each_element(value, [&](string_view coding) {
      coding = trimmed(coding.substr(0, coding.find(';')));
      if (same_header(coding, "chunked"))
        f.chunked = true;
      else if (!coding.empty() && !same_header(coding, "identity"))
        head_.encoding = printable(coding, shown_bytes_max);
    });
  } else if (is("connection")) {
    for_each_element(value, [&](string_view option) {
      f.close |= same_header(option, "close");
      f.keep_alive |= same_header(option, "keep-alive");
    });
  } else if (is("content-encoding")) {
    if (!value.empty() && !same_header(value, "identity"))
      head_.encoding = printable(value, shown_bytes_max);
  } else if (is("location") && head_.location.empty()) {
    head_.location = value;
  }
}

bool answer_parser::begin_body(const framing& f) {
  const bool bodyless = settings_.to_head || head_.status / 100 == 1 ||
                        head_.status == 204 || head_.status == 304;
  head_.keep_alive = !f.close && (f.keep_alive || !old_version_);
  if (bodyless) {
    state_ = state::done;
  } else if (f.chunked) {
    chunked_ = true;
    state_ = state::chunk_size;
  } else if (!f.wrong_length.empty()) {
    broken(flaw::faulty, f.wrong_length);
    return false;
  } else if (f.length) {
    head_.length = f.length;
    left_ = *f.length;
    state_ = left_ > 0 ? state::counted : state::done;
  } else {
    head_.keep_alive = false;
    state_ = state::to_end;
  }
  return true;
}

}  // namespace scaleit::net
