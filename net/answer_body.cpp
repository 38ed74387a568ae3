// The part of answer_parser that reads a body, however it is delimited.
#include "messages/bounds.hpp"
#include "net/answer_parser.hpp"
#include "net/http_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace scaleit::net {

using std::string_view;

answer_parser::step answer_parser::take(string_view& in, std::size_t bytes) {
  if (in.empty()) return step::need_more;
  piece_ = in.substr(0, bytes);
  in.remove_prefix(piece_.size());
  body_bytes_ += piece_.size();
  return step::piece;
}

answer_parser::step answer_parser::read_counted(string_view& in) {
  const auto taken =
      take(in, static_cast<std::size_t>(std::min<std::uint64_t>(left_, in.size())));
  if (taken != step::piece) return taken;
  left_ -= piece_.size();
  if (left_ == 0) state_ = chunked_ ? state::chunk_end : state::done;
  return taken;
}

answer_parser::step answer_parser::read_chunk_size(string_view& in) {
  if (std::min(in.find('\n'), in.size()) >= bounds::chunk_line_bytes_max)
    return broken(flaw::faulty,
                  fmt::format("the line of a chunk's size is longer than {} bytes",
                              bounds::chunk_line_bytes_max));
  if (in.find('\n') == string_view::npos) return step::need_more;
  const auto line = cut_line(in);
  const auto size = whole_number<16>(trimmed(line.substr(0, line.find(';'))));
  if (!size)
    return broken(flaw::faulty,
                  fmt::format("the size of a chunk is {}", quoted(trimmed(line))));
  left_ = *size;
  extra_bytes_ = 0;
  state_ = left_ > 0 ? state::counted : state::trailer;
  return next(in);
}

answer_parser::step answer_parser::read_chunk_end(string_view& in) {
  if (in.empty() || in == "\r") return step::need_more;
  if (!in.starts_with('\n') && !in.starts_with("\r\n"))
    return broken(flaw::faulty, "a chunk is longer than its size");
  cut_line(in);
  state_ = state::chunk_size;
  return next(in);
}

answer_parser::step answer_parser::read_trailer(string_view& in) {
  while (true) {
    const auto end = in.find('\n');
    if (extra_bytes_ + std::min(end, in.size()) >= settings_.header_bytes_max)
      return broken(flaw::header_too_large, {});
    if (end == string_view::npos) return step::need_more;
    const auto before = in.size();
    const bool is_last = trimmed(cut_line(in)).empty();
    extra_bytes_ += before - in.size();
    if (!is_last) continue;
    state_ = state::done;
    return step::end;
  }
}

}  // namespace scaleit::net
