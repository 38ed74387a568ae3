#include "spec/secret_store.hpp"

#include "messages/bounds.hpp"
#include "messages/text.hpp"
#include "net/headers.hpp"
#include "spec/input_error.hpp"
#include "spec/text_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace scaleit::spec {

namespace {

std::string without_line_break(std::string s) {
  while (s.ends_with('\n') || s.ends_with('\r')) s.pop_back();
  return s;
}

}  // namespace

secret_value read_secret_file(const std::string& path, bool regular) {
  const auto read = regular ? read_regular_file : read_text_file;
  try {
    auto text = read(path, bounds::secret_bytes_max, "a readable file");
    return {without_line_break(std::move(text)), {}};
  } catch (const input_error& e) {
    return {{},
            fmt::format("${{file:{}}} cannot be read: {}", printable(path), e.what())};
  }
}

secret_value secret_of_variable(const environment& env, const std::string& name) {
  if (const auto* value = env.find(name)) return {without_line_break(*value), {}};
  return {{}, fmt::format("${{{}}} is not set", name)};
}

// -- a file ---------------------------------------------------------------

std::string secret_file::look(steady_time now) {
  const bool doubted = doubted_ && now >= next_doubt_;
  if (looked_ && !doubted && now < next_look_) return {};
  const bool first = !std::exchange(looked_, true);
  next_look_ = now + bounds::secret_look_interval;
  next_doubt_ = now + bounds::secret_doubt_interval;
  const auto is = stamp_of(path_);
  const bool regular = is_regular_file(path_);
  if (first) is_pipe_ = is != file_stamp{} && !regular;
  // It has said what it has to say.
  if (!first && is_pipe_ && is != file_stamp{} && !regular) return {};
  if (!first && !doubted && is == seen_) return {};
  if (doubted) doubted_ = false;
  // What was a file and is one no more is not waited for, while others are polled.
  auto news = take(read_secret_file(path_, !first));
  if (problem_.empty() && regular) is_pipe_ = false;
  seen_ = problem_.empty() ? is : file_stamp{};  // what failed is tried again
  return news;
}

std::string secret_file::complaint_about(const std::string& value) const {
  if (version_ == 0) return {};  // who reads the settings judges it
  if (value.empty()) return fmt::format("${{file:{}}} is empty", printable(path_));
  if (!net::is_header_value(value))
    return fmt::format("${{file:{}}} holds a control character", printable(path_));
  return {};
}

/// What is no good is not sent; the last good value is.
std::string secret_file::take(secret_value read) {
  auto problem = std::move(read.problem);
  if (problem.empty()) problem = complaint_about(read.value);
  const bool failed_before = !problem_.empty();
  problem_ = std::move(problem);
  if (!problem_.empty()) {
    if (failed_before) return {};
    return version_ == 0 ? problem_ : problem_ + "; what was read before is kept";
  }
  if (version_ == 0 || read.value != value_) {
    value_ = std::move(read.value);
    ++version_;
  }
  return failed_before ? fmt::format("${{file:{}}} can be read again", printable(path_))
                       : std::string{};
}

// -- all of them ----------------------------------------------------------

std::shared_ptr<secret_file> secret_store::file(const std::string& path) {
  if (const auto known = files_.find(path); known != files_.end()) return known->second;
  // Those that cannot be read twice are kept.
  if (files_.size() >= bounds::secret_files_kept)
    std::erase_if(files_, [](const auto& f) {
      return f.second.use_count() == 1 && is_regular_file(f.first);
    });
  return files_.emplace(path, std::make_shared<secret_file>(path)).first->second;
}

// -- headers --------------------------------------------------------------

bool hold_references(const std::vector<header>& headers) {
  return std::ranges::any_of(
      headers, [](const header& h) { return h.value.find("${") != std::string::npos; });
}

secret_headers::secret_headers(std::vector<header> as_written, secret_store& store)
    : as_written_(std::move(as_written)), store_(&store) {
  for (const auto& h : as_written_)
    for (const auto& p : parts_of(h.value))
      if (const auto* r = std::get_if<secret_reference>(&p); r && r->file)
        files_.push_back({store.file(r->name)});
  if (files_.empty()) resolve();
}

bool secret_headers::refresh(steady_time now) {
  bool others = false;
  for (auto& f : files_) {
    if (const auto news = f.file->look(now); !news.empty()) store_->tell(news);
    others = others || f.version != f.file->version();
    f.version = f.file->version();
  }
  if (others || values_.size() != as_written_.size()) {
    resolve();
    return true;
  }
  return false;
}

void secret_headers::resolve() {
  values_.clear();
  for (const auto& h : as_written_) {
    std::string value;
    for (const auto& p : parts_of(h.value)) {
      const auto* r = std::get_if<secret_reference>(&p);
      value += !r        ? std::get<std::string>(p)
               : r->file ? store_->file(r->name)->value()
                         : secret_of_variable(store_->variables(), r->name).value;
    }
    values_.push_back({h.name, std::move(value)});
  }
}

}  // namespace scaleit::spec
