#include "net/tls_contexts.hpp"

#include "messages/bounds.hpp"
#include "net/tls.hpp"

#include <fmt/format.h>
#include <openssl/x509.h>

#include <stdexcept>

namespace scaleit::net {

std::vector<file_stamp> tls_contexts::stamps_of(const tls_settings& files) {
  // For the system's roots only the file: OpenSSL reads their directory anew by itself.
  std::vector<file_stamp> all{
      stamp_of(files.ca_file.empty() ? X509_get_default_cert_file() : files.ca_file)};
  for (const auto* file : {&files.cert_file, &files.key_file})
    if (!file->empty()) all.push_back(stamp_of(*file));
  return all;
}

/// True when there is a new context.
bool tls_contexts::look_after(entry& e, const tls_settings& files, steady_time now) {
  e.checked = now;
  // Before the files are read: a change meanwhile is seen the next time.
  auto stamps = stamps_of(files);
  if (e.context && stamps == e.stamps) return false;
  try {
    e.context = make_tls_context(files);
    e.stamps = std::move(stamps);
    return true;
  } catch (const std::runtime_error& wrong) {
    if (!e.context) throw;
    e.stamps = std::move(stamps);  // said once for each change
    warn_(fmt::format("{}; what was read before is kept", wrong.what()));
    return false;
  }
}

tls_contexts::context_ptr tls_contexts::get(const tls_settings& files, steady_time now) {
  const std::tuple key{files.ca_file, files.cert_file, files.key_file};
  if (entries_.size() >= bounds::tls_contexts_max && !entries_.contains(key))
    entries_.clear();  // connections keep what they use
  auto& e = entries_[key];
  if (!e.context || now - e.checked >= bounds::tls_files_check) look_after(e, files, now);
  return e.context;
}

bool tls_contexts::renew(const tls_settings& files, steady_time now) {
  const auto e = entries_.find({files.ca_file, files.cert_file, files.key_file});
  return e != entries_.end() && e->second.context && look_after(e->second, files, now);
}

}  // namespace scaleit::net
