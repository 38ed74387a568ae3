#include "main/api_client.hpp"

#include "main/exit_code.hpp"
#include "messages/bounds.hpp"
#include "messages/text.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace scaleit::main {

namespace {

constexpr std::size_t details_max = 100;
constexpr std::size_t sentence_bytes_max = 1000;

net::client_options options_for(const api_address& to) {
  net::client_options o;
  o.ca_file = to.ca_file;
  o.body_bytes_max = bounds::config_bytes_max;
  return o;
}

std::string text_at(const spec::document& map, std::string_view key) {
  const auto* e = map.find(key);
  return e != nullptr && e->value->is != spec::document::kind::map &&
                 e->value->is != spec::document::kind::list
             ? e->value->scalar
             : std::string{};
}

/// The system's own sentences begin with a capital.
std::string with_small_letter(std::string s) {
  if (!s.empty() && s[0] >= 'A' && s[0] <= 'Z')
    s[0] = static_cast<char>(s[0] - 'A' + 'a');
  return s;
}

/// The path says where; line and column are those of what was sent, which nobody has
/// seen.
std::string mistake(const spec::document& d) {
  std::string out;
  if (const auto path = text_at(d, "path"); !path.empty()) out += path + ": ";
  return printable(out + text_at(d, "detail"), sentence_bytes_max);
}

/// Null if it is none.
spec::document_ptr object_in(std::string_view body) {
  try {
    auto d = spec::parse_document(body);
    return d->is == spec::document::kind::map ? d : nullptr;
  } catch (const spec::document_error&) {
    return nullptr;
  }
}

}  // namespace

// -- what is no -----------------------------------------------------------

api_refusal refusal_of(int status, std::string_view body) {
  const auto d = object_in(body);
  auto sentence = d ? text_at(*d, "detail") : std::string{};
  if (sentence.empty() && d) sentence = text_at(*d, "title");
  if (sentence.empty()) sentence = fmt::format("the answer is {}", status);
  std::vector<std::string> details;
  if (const auto* errors = d ? d->find("errors") : nullptr)
    for (const auto& e : errors->value->items)
      if (e->is == spec::document::kind::map && details.size() < details_max)
        details.push_back(mistake(*e));
  return {status, printable(sentence, sentence_bytes_max), std::move(details),
          d ? text_at(*d, "type") : std::string{}};
}

std::vector<std::string> api_refusal::lines(std::string_view of_what) const {
  std::vector<std::string> all;
  const auto name = printable(of_what);
  const bool is_named =
      std::string_view{what()}.find("'" + name + "'") != std::string_view::npos &&
      details.empty();
  const auto before = name.empty() || is_named ? std::string{} : name + ": ";
  // A list of mistakes says more than that there are some.
  if (details.empty()) all.push_back(before + what());
  for (const auto& d : details) all.push_back(before + d);
  return all;
}

int api_refusal::exit_code() const {
  switch (status) {
    case 404:
    case 409:
    case 412:
    case 422:
      return exit_code::no;
    default:
      return status >= 400 && status < 500 && status != 429 ? exit_code::bad_input
                                                            : exit_code::failure;
  }
}

// -- asking ---------------------------------------------------------------

api_client::api_client(api_address to)
    : to_(std::move(to)), client_(loop_, options_for(to_)) {}

net::http_request api_client::request_of(const api_request& r) const {
  net::http_request out;
  out.method = r.method;
  out.url = to_.base + r.path;
  out.headers = {{"Accept", r.accept}, {"User-Agent", "scaleit/" SCALEIT_VERSION}};
  if (!to_.token.empty()) out.headers.push_back({"Authorization", "Bearer " + to_.token});
  if (!r.body.empty()) out.content_type = "application/json";
  out.body = r.body;
  out.timeout = r.timeout;
  out.unix_socket = to_.unix_socket;
  return out;
}

void api_client::submit(const api_request& r,
                        std::function<void(net::http_response&&)> done) {
  client_.submit(net::prepare(request_of(r)), std::move(done));
}

net::http_client::ticket api_client::stream(const api_request& r,
                                            std::chrono::milliseconds silence,
                                            const std::string& last_id,
                                            net::stream_handlers h) {
  auto request = request_of(r);
  request.silence = silence;
  if (!last_id.empty()) request.headers.push_back({"Last-Event-ID", last_id});
  return client_.stream(net::prepare(request), std::move(h));
}

net::http_response api_client::wait_for(const api_request& r) {
  std::optional<net::http_response> answer;
  submit(r, [&](net::http_response&& x) { answer = std::move(x); });
  auto& io = loop_.io();
  while (!answer)
    if (io.run_one() == 0) io.restart();
  return std::move(*answer);
}

api_unreachable api_client::unreachable(const failure& why) const {
  auto detail = printable(why.detail, sentence_bytes_max);
  // The address stands before it already.
  if (detail.starts_with("connection refused")) detail = "connection refused";
  const auto local = fmt::format("cannot connect to unix:{}: ", to_.unix_socket);
  if (!to_.unix_socket.empty() && detail.starts_with(local))
    detail = with_small_letter(detail.substr(local.size()));
  if (why.kind == failure_kind::connect)
    return api_unreachable{
        fmt::format("no daemon at {} ({}); --api or SCALEIT_API choose another",
                    printable(to_.shown), detail)};
  return api_unreachable{
      fmt::format("no answer from {}: {}", printable(to_.shown), detail)};
}

std::string api_client::body_of(net::http_response&& r) const {
  if (r.error) throw unreachable(*r.error);
  if (r.may_be_cut)
    throw api_unreachable{
        fmt::format("the answer of {} is cut off", printable(to_.shown))};
  if (r.status < 200 || r.status > 299) std::rethrow_exception(refused(r.status, r.body));
  return std::move(r.body);
}

std::string api_client::ask(const api_request& r) { return body_of(wait_for(r)); }

spec::document_ptr api_client::read(std::string_view body) const {
  if (auto d = object_in(body)) return d;
  throw no_daemon();
}

api_unreachable api_client::no_daemon() const {
  return api_unreachable{
      fmt::format("what answers at {} is no daemon of ScaleIt; --api or SCALEIT_API "
                  "choose another",
                  printable(to_.shown))};
}

std::exception_ptr api_client::refused(int status, std::string_view body) const {
  auto r = refusal_of(status, body);
  if (status == 404 && !r.is_absence()) return std::make_exception_ptr(no_daemon());
  return std::make_exception_ptr(std::move(r));
}

spec::document_ptr api_client::ask_document(const api_request& r) { return read(ask(r)); }

spec::document_ptr api_client::ask_document(const api_request& r, int& status) {
  auto answer = wait_for(r);
  status = answer.status;
  return read(body_of(std::move(answer)));
}

/// Nothing is what is answered; who says anything is somebody else.
void remove_target(api_client& api, const std::string& name) {
  if (!api.ask({net::verb::delete_, target_path(name)}).empty()) throw api.no_daemon();
}

// -- paths ----------------------------------------------------------------

std::string path_segment(std::string_view text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~.";
  const bool dots = text == "." || text == "..";  // they would mean another path
  std::string out;
  for (const char c : text)
    if (plain.find(c) != std::string_view::npos && !dots)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return out;
}

std::string target_path(std::string_view name, std::string_view below) {
  return fmt::format("/api/v1/targets/{}{}", path_segment(name), below);
}

}  // namespace scaleit::main
