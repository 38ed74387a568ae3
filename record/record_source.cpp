#include "record/record_source.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <new>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <zstd.h>

namespace scaleit::record {

namespace {

constexpr std::string_view zstd_magic = "\x28\xB5\x2F\xFD";

[[noreturn]] void fail() { throw std::system_error{errno, std::generic_category()}; }

}  // namespace

struct source::decoder {
  struct free_stream {
    void operator()(ZSTD_DStream* s) const { ZSTD_freeDStream(s); }
  };

  std::unique_ptr<ZSTD_DStream, free_stream> stream{ZSTD_createDStream()};
  std::vector<char> input = std::vector<char>(ZSTD_DStreamInSize());
  ZSTD_inBuffer in{input.data(), 0, 0};
  std::size_t expects = 0;  ///< 0: between two frames
};

source::source(const std::string& path)
    : file_(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (file_ < 0) fail();
}

source::~source() {
  if (file_ > STDIN_FILENO) ::close(file_);
}

std::size_t source::read_file(char* to, std::size_t size) {
  if (start_begin_ < start_end_) {
    const auto n = std::min(size, start_end_ - start_begin_);
    std::copy_n(start_.data() + start_begin_, n, to);
    start_begin_ += n;
    return n;
  }
  for (;;) {
    const auto n = ::read(file_, to, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail();
    consumed_ += static_cast<std::size_t>(n);
    return static_cast<std::size_t>(n);
  }
}

void source::look_at_start() {
  started_ = true;
  std::size_t n = 0;
  while (n < start_.size()) {
    const auto more = read_file(start_.data() + n, start_.size() - n);
    if (more == 0) break;
    n += more;
  }
  start_end_ = n;
  if (std::string_view{start_.data(), n} == zstd_magic) {
    decoder_ = std::make_unique<decoder>();
    if (!decoder_->stream) throw std::bad_alloc{};
  }
}

std::size_t source::read(char* to, std::size_t size) {
  if (!started_) look_at_start();
  return decoder_ ? decompress(to, size) : read_file(to, size);
}

std::size_t source::decompress(char* to, std::size_t size) {
  auto& d = *decoder_;
  ZSTD_outBuffer out{to, size, 0};
  while (out.pos == 0 && damage_.empty()) {
    if (d.in.pos == d.in.size) {
      d.in.pos = 0;
      d.in.size = read_file(d.input.data(), d.input.size());
      if (d.in.size == 0) {
        cut_short_ = d.expects != 0;
        return 0;
      }
    }
    d.expects = ZSTD_decompressStream(d.stream.get(), &out, &d.in);
    if (ZSTD_isError(d.expects)) damage_ = ZSTD_getErrorName(d.expects);
  }
  return out.pos;
}

}  // namespace scaleit::record
