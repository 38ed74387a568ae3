// An HTTP/1.1 answer, taken apart as it arrives.
//
// Not Beast's parser, since what counts here is that an application which any
// other client can read is read: lines may end in LF alone, the reason and the
// space before it may be absent, chunk sizes may be padded, a Content-Length
// beside chunks is ignored. It is as strict as ever where a guess could take one
// document for another, and then says what is wrong in words for the user.
#pragma once

#include "messages/target_spec.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::net {

/// What a header says, as far as the client acts on it.
struct answer_head {
  int status = 0;
  bool keep_alive = false;  ///< the connection can carry another request afterwards
  std::optional<std::uint64_t> length;  ///< of the body, when it is announced
  std::string location;
  std::string encoding;        ///< of the content or the transfer, if not identity
  std::vector<header> fields;  ///< all of them, if they are asked for
};

class answer_parser {
 public:
  struct settings {
    std::size_t header_bytes_max;
    bool to_head = false;      ///< the answer to a HEAD request has no body
    bool keep_fields = false;  ///< answer_head::fields
  };
  enum class step : std::uint8_t {
    need_more,
    head,   ///< head() is there; a body, if any, follows
    piece,  ///< piece() is there: valid while the input is
    end,
    broken,  ///< defect() tells
  };
  enum class flaw : std::uint8_t { not_http, tls, faulty, header_too_large };
  struct defect_info {
    flaw what;
    std::string detail;  ///< the words after "answer from ... is not HTTP:" and the like
  };

  explicit answer_parser(settings s) : settings_(s) {}

  /// The next step that `in` allows; what has been used is cut off its front, and the
  /// rest must be there again the next time.
  step next(std::string_view& in);
  /// Whether the answer is complete if nothing more comes.
  bool ends_well() const;

  answer_head& head() { return head_; }
  const answer_head& head() const { return head_; }
  std::string_view piece() const { return piece_; }
  const defect_info& defect() const { return defect_; }
  bool is_header_done() const { return state_ != state::header; }
  /// All of the answer has been there.
  bool is_done() const { return state_ == state::done; }
  /// Only the end of the connection tells where the body ends.
  bool is_open_ended() const { return state_ == state::to_end; }
  std::uint64_t body_bytes() const { return body_bytes_; }

 private:
  enum class state : std::uint8_t {
    header,
    counted,     // a body with a length, or the rest of a chunk
    chunk_size,  // a line with it
    chunk_end,   // the line end behind a chunk
    trailer,
    to_end,
    done,
  };
  struct framing;

  step read_header(std::string_view& in);
  bool check_start(std::string_view in);
  std::size_t end_of_header(std::string_view in);
  bool read_head(std::string_view text);
  bool read_status_line(std::string_view line);
  bool read_fields(std::string_view text);
  void read_field(std::string_view name, std::string_view value, framing& f);
  bool begin_body(const framing& f);
  step read_counted(std::string_view& in);
  step read_chunk_size(std::string_view& in);
  step read_chunk_end(std::string_view& in);
  step read_trailer(std::string_view& in);
  step take(std::string_view& in, std::size_t bytes);
  step broken(flaw what, std::string detail);

  settings settings_;
  state state_ = state::header;
  answer_head head_;
  std::string_view piece_;
  defect_info defect_{};
  std::uint64_t left_ = 0;  ///< of the body or of the chunk
  std::uint64_t body_bytes_ = 0;
  std::size_t scanned_ = 0;      ///< of a header that is incomplete
  std::size_t extra_bytes_ = 0;  ///< of blank lines, or of the trailer
  int interim_ = 0;
  bool begun_ = false;
  bool chunked_ = false;
  bool old_version_ = false;  ///< HTTP/1.0
};

}  // namespace scaleit::net
