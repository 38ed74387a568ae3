// Targets that are changed.
#include "api/api.hpp"
#include "api/bodies.hpp"
#include "messages/bounds.hpp"
#include "messages/text.hpp"
#include "net/problem.hpp"
#include "record/event_json.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <memory>
#include <utility>

namespace scaleit::api {

namespace {

using decided = std::variant<target_edit, refusal>;

bool exists(const actors::catalog_entry* e) { return e && e->owner(); }

refusal missing(const std::string& name) {
  return {404, fmt::format("there is no target '{}'", name)};
}

/// What the API may not do to a name: it is another origin's, or another one than the
/// client thinks.
std::optional<refusal> forbidden(const control_side& targets, const std::string& name,
                                 const actors::catalog_entry* e, const preconditions& p) {
  if (exists(e) && *e->owner() != actors::origin::api)
    return refusal{409, fmt::format("'{}' belongs to the {}: change it there", name,
                                    *e->owner() == actors::origin::file
                                        ? "config file"
                                        : "environment of the daemon")};
  const auto etag = exists(e) ? std::optional{targets.etag_of(*e)} : std::nullopt;
  if (!p.allow(etag ? &*etag : nullptr))
    return refusal{412, etag ? fmt::format("'{}' has changed: it is {} now", name, *etag)
                             : fmt::format("there is no target '{}'", name)};
  return {};
}

/// What is to be paused: the body's directions, or both.
read_or_refused<actors::operator_hold> read_hold(const net::server_request& r) {
  if (r.body.empty()) return actors::operator_hold{true, true};
  auto read = read_document(r);
  if (auto* no = std::get_if<net::server_response>(&read)) return std::move(*no);
  const auto& body = *std::get<spec::document_ptr>(read);
  if (body.entries.empty()) return actors::operator_hold{true, true};
  actors::operator_hold h;
  for (const auto& e : body.entries) {
    auto* const into = e.key == "scaleIn"    ? &h.scale_in
                       : e.key == "scaleOut" ? &h.scale_out
                                             : nullptr;
    if (!into || e.value->is != spec::document::kind::boolean)
      return net::problem(
          422,
          fmt::format("{} is not valid; accepted: scaleIn and scaleOut, true or false",
                      printable(e.key, 80)));
    *into = e.value->scalar == "true";
  }
  if (!h.any())
    return net::problem(422, "nothing is to be paused; resume lets all go on");
  return h;
}

net::server_response soon(net::server_response r) {
  r.headers.push_back({"Retry-After", "1"});
  return r;
}

net::server_response answer_of(const actors::report_outcome& x, const std::string& name) {
  using enum actors::report_end;
  switch (x.what) {
    case decided: {
      std::string body;
      record::append_data(body, *x.decision);
      return json_answer(std::move(body));
    }
    case unreadable:
      return net::problem(422, x.why.detail);
    case unknown:
      return no_such_target(name);
    case busy:
      return soon(net::problem(429, "too many reports of this target wait"));
    case down:
      return net::problem(503, "the target's actors wait for their restart");
    case stopping:
      return net::problem(503, "the daemon is stopping");
  }
  return net::problem(500, "nobody knows what became of it");
}

}  // namespace

/// Asks for it, and answers with the target as it is then.
void api::change(change_request c, std::string_view verb,
                 const loop_calls::reply& reply) {
  c.done = answering(c.name, c.by, verb, reply);
  ask_for(std::move(c));
}

void api::ask_for(change_request c) {
  calls_.on_control_loop(
      [this, c = std::move(c)]() mutable { targets_.changes().ask(std::move(c)); });
}

api::change_handler api::answering(const std::string& name, const std::string& by,
                                   std::string_view verb,
                                   const loop_calls::reply& reply) {
  return [this, name, by, verb, reply](const auto& what) {
    const auto* no = std::get_if<refusal>(&what);
    answer_change(
        {name, by, verb, no ? actors::outcome::refused : std::get<actors::outcome>(what),
         no ? *no : refusal{}, targets_.view(name)},
        reply);
  };
}

void api::answer_change(changed x, const loop_calls::reply& reply) {
  reply([this, x = std::move(x)]() -> net::server_response {
    const bool no = x.outcome == actors::outcome::refused;
    options_.audit(fmt::format(
        "{} {} by {}: {}", x.verb, printable(x.name, 80), x.by,
        no ? fmt::format("refused ({}): {}", x.why.status, printable(x.why.detail))
           : std::string{actors::to_string(x.outcome)}));
    if (no && x.why.status == 404) return no_such_target(x.name);
    if (no) return net::problem(x.why.status, x.why.detail);
    if (x.verb == "delete") return {204, {}, {}, {}};
    if (!x.now) return no_such_target(x.name);  // gone again meanwhile
    std::string body;
    append_json(body, *x.now);
    const bool is_new = x.outcome == actors::outcome::added;
    auto r = json_answer(std::move(body), is_new ? 201 : 200);
    r.headers.push_back({"ETag", x.now->etag()});
    if (is_new) r.headers.push_back({"Location", "/api/v1/targets/" + x.name});
    return r;
  });
}

/// None: it can be kept, or nothing is.
std::optional<net::server_response> api::refuse_unkeepable(
    const target_spec& spec) const {
  if (options_.state.empty()) return {};
  const auto why = unkeepable(spec);
  if (!why) return {};
  return net::problem(422, *why);
}

void api::put(request&& r, net::responder to) {
  auto body = read_document(r);
  if (auto* no = std::get_if<net::server_response>(&body)) return to.send(std::move(*no));
  auto read =
      read_spec(std::get<spec::document_ptr>(body), r.match.segment("name"), secrets_);
  if (auto* no = std::get_if<net::server_response>(&read)) return to.send(std::move(*no));
  const auto spec = std::get<target_ptr>(std::move(read));
  if (auto no = refuse_unkeepable(*spec)) return to.send(std::move(*no));
  change_request c{spec->name, asker_.text(), {}, {}};
  c.decide = [this, spec,
              p = preconditions::of(r)](const actors::catalog_entry* e) -> decided {
    if (auto no = forbidden(targets_, spec->name, e, p)) return std::move(*no);
    const auto& state = targets_.control().state();
    if (!exists(e) && targets_.control().wanted().running() >= state.targets_max)
      return refusal{409, state.full_sentence()};
    return target_edit{spec, {}};
  };
  if (auto reply = calls_.open(std::move(to), bounds::api_change_patience))
    change(std::move(c), "put", *reply);
}

// -- patches --------------------------------------------------------------

/// A patch is of a spec that is read on the control loop, and the result, which names
/// files, is read here. If another change comes between, all is done again.
struct api::patching {
  std::string name, by;
  spec::document_ptr patch;
  preconditions asked;
  loop_calls::reply reply;
  int attempts_left = 8;
};

void api::patch(request&& r, net::responder to) {
  auto body = read_document(r);
  if (auto* no = std::get_if<net::server_response>(&body)) return to.send(std::move(*no));
  if (const auto reply = calls_.open(std::move(to), bounds::api_change_patience))
    begin_patch(std::make_shared<patching>(
        patching{r.match.segment("name"), asker_.text(),
                 std::get<spec::document_ptr>(body), preconditions::of(r), *reply}));
}

void api::begin_patch(const std::shared_ptr<patching>& p) {
  calls_.on_control_loop([this, p] {
    net::asio::post(here_.io(), [this, p, v = targets_.view(p->name)] {
      v ? apply_patch(p, *v)
        : p->reply([name = p->name] { return no_such_target(name); });
    });
  });
}

void api::apply_patch(const std::shared_ptr<patching>& p, const target_view& v) {
  auto read = read_spec(patched(*v.spec, p->patch), p->name, secrets_);
  auto* no = std::get_if<net::server_response>(&read);
  auto unkept = no ? std::nullopt : refuse_unkeepable(*std::get<target_ptr>(read));
  if (no || (unkept && v.origin == actors::origin::api))
    return p->reply([r = no ? *no : *unkept] { return r; });
  change_request c{p->name, p->by, {}, {}};
  const auto moved = std::make_shared<bool>(false);
  c.decide = [this, p, moved, spec = std::get<target_ptr>(read),
              seen = v.etag()](const actors::catalog_entry* e) -> decided {
    if (!exists(e)) return missing(p->name);
    if (auto refused = forbidden(targets_, p->name, e, p->asked))
      return std::move(*refused);
    *moved = targets_.etag_of(*e) != seen;
    if (*moved) return refusal{409, fmt::format("'{}' changes too often", p->name)};
    return target_edit{spec, {}};
  };
  c.done = [this, p, moved,
            answer = answering(p->name, p->by, "patch", p->reply)](auto what) {
    if (*moved && p->attempts_left-- > 0) return begin_patch(p);
    answer(std::move(what));
  };
  ask_for(std::move(c));
}

// -- the others -----------------------------------------------------------

void api::remove(request&& r, net::responder to) {
  change_request c{r.match.segment("name"), asker_.text(), {}, {}};
  c.decide = [this, name = c.name,
              p = preconditions::of(r)](const actors::catalog_entry* e) -> decided {
    if (!exists(e)) return missing(name);
    if (auto no = forbidden(targets_, name, e, p)) return std::move(*no);
    return target_edit{target_ptr{}, actors::operator_hold{}};
  };
  if (auto reply = calls_.open(std::move(to), bounds::api_change_patience))
    change(std::move(c), "delete", *reply);
}

void api::hold(const std::string& name, actors::operator_hold h, std::string_view verb,
               net::responder to) {
  change_request c{name, asker_.text(), {}, {}};
  c.decide = [name, h](const actors::catalog_entry* e) -> decided {
    if (!exists(e)) return missing(name);
    return target_edit{{}, h};
  };
  if (auto reply = calls_.open(std::move(to), bounds::api_change_patience))
    change(std::move(c), verb, *reply);
}

void api::pause(request&& r, net::responder to) {
  auto h = read_hold(r);
  if (auto* no = std::get_if<net::server_response>(&h)) return to.send(std::move(*no));
  hold(r.match.segment("name"), std::get<actors::operator_hold>(h), "pause",
       std::move(to));
}

void api::resume(request&& r, net::responder to) {
  hold(r.match.segment("name"), {}, "resume", std::move(to));
}

namespace {

/// Answers at the latest when nobody is left who could: the actors that had the report
/// may be stopped with it.
struct report_answer {
  explicit report_answer(loop_calls::reply r) : reply(std::move(r)) {}
  ~report_answer() {
    if (!told)
      reply([] {
        return soon(
            net::problem(503, "the target's actors were stopped with the report"));
      });
  }
  report_answer(const report_answer&) = delete;
  report_answer& operator=(const report_answer&) = delete;

  loop_calls::reply reply;
  bool told = false;
};

}  // namespace

/// A poll that is pushed: what is decided on it is the answer. Metrics from elsewhere are
/// asked for before.
void api::report(request&& r, net::responder to) {
  const auto reply = calls_.open(std::move(to), bounds::api_change_patience);
  if (!reply) return;
  calls_.on_control_loop([this, name = r.match.segment("name"), body = std::move(r.body),
                          answer = std::make_shared<report_answer>(*reply)] {
    targets_.control().report(name, body, [answer, name](actors::report_outcome&& x) {
      answer->told = true;
      answer->reply([x = std::move(x), name] { return answer_of(x, name); });
    });
  });
}

}  // namespace scaleit::api
