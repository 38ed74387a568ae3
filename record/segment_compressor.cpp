#include "record/segment_compressor.hpp"

#include "record/posix_file.hpp"

#include <new>
#include <string>
#include <utility>
#include <zstd.h>

namespace scaleit::record {

namespace {

constexpr std::size_t piece_bytes = 1024 * 1024;
constexpr int level = 3;

}  // namespace

struct segment_compressor::stream {
  struct free_context {
    void operator()(ZSTD_CCtx* c) const { ZSTD_freeCCtx(c); }
  };

  posix_file from, to;
  std::unique_ptr<ZSTD_CCtx, free_context> context{ZSTD_createCCtx()};
  std::string in = std::string(piece_bytes, '\0');
  std::string out = std::string(ZSTD_CStreamOutSize(), '\0');

  /// Compresses `size` bytes of `in`; the last of them if there are none.
  bool compress(std::size_t size, std::uint64_t& total, std::error_code& error);
};

bool segment_compressor::stream::compress(std::size_t size, std::uint64_t& total,
                                          std::error_code& error) {
  ZSTD_inBuffer input{in.data(), size, 0};
  const auto mode = size == 0 ? ZSTD_e_end : ZSTD_e_continue;
  std::size_t rest = 0;
  do {
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    rest = ZSTD_compressStream2(context.get(), &output, &input, mode);
    if (ZSTD_isError(rest)) {
      error = std::make_error_code(std::errc::not_enough_memory);
      return false;
    }
    std::size_t written = 0;
    error = to.write({out.data(), output.pos}, written);
    if (error) return false;
    total += written;
  } while (mode == ZSTD_e_end ? rest != 0 : input.pos < input.size);
  return true;
}

segment_compressor::segment_compressor(std::filesystem::path directory,
                                       std::uint64_t first_id)
    : directory_(std::move(directory)),
      first_id_(first_id),
      plain_(directory_ / segment_name(first_id, false)),
      unfinished_(directory_ / (segment_name(first_id, true) += unfinished_suffix)) {}

segment_compressor::~segment_compressor() {
  if (stream_) ::unlink(unfinished_.c_str());
}

bool segment_compressor::open(std::error_code& error) {
  auto s = std::make_unique<stream>();
  if (!s->context) throw std::bad_alloc{};
  ZSTD_CCtx_setParameter(s->context.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(s->context.get(), ZSTD_c_checksumFlag, 1);
  s->from = posix_file{plain_, O_RDONLY};
  if (s->from.is_open()) s->to = posix_file{unfinished_, O_WRONLY | O_CREAT | O_TRUNC};
  if (!s->to.is_open()) {
    error = last_error();
    return false;
  }
  stream_ = std::move(s);
  return true;
}

bool segment_compressor::step(std::error_code& error) {
  error.clear();
  if (!stream_ && !open(error)) return false;
  auto& s = *stream_;
  const auto n = ::read(s.from.fd(), s.in.data(), s.in.size());
  if (n < 0) {
    if (errno != EINTR) error = last_error();
    return false;
  }
  if (!s.compress(static_cast<std::size_t>(n), bytes_, error) || n > 0) return false;
  return finish(error);
}

/// On the disk first, then under its name, then the plain one goes.
bool segment_compressor::finish(std::error_code& error) {
  error = stream_->to.sync();
  if (error) return false;
  std::filesystem::rename(unfinished_, directory_ / segment_name(first_id_, true), error);
  if (error) return false;
  stream_.reset();
  posix_file directory{directory_, O_RDONLY | O_DIRECTORY};
  if (directory.is_open()) error = directory.sync();
  if (!error) ::unlink(plain_.c_str());
  return !error;
}

}  // namespace scaleit::record
