#include "tests/support/recorded_world.hpp"

#include "policy/why.hpp"
#include "record/record_reader.hpp"
#include "spec/config_file.hpp"

#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/pointer.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <stdexcept>

namespace scaleit::test {

namespace {

target_ptr spec_from(const std::string& json) {
  const auto read = spec::read_config_text(json, "record", spec::config_use::policy);
  if (!read.good() || read.content.targets.size() != 1)
    throw std::runtime_error("the record's spec cannot be read: " + json);
  auto spec = read.content.targets.front();
  // Two targets may share an application; here each has hosts of its own.
  const auto own = [&](std::string& url) {
    if (const auto at = url.find("://"); at != std::string::npos)
      url.insert(at + 3, spec.name + ".");
  };
  own(spec.status.url);
  own(spec.scale.url);
  for (auto& m : spec.metrics) own(m.url);
  return std::make_shared<const target_spec>(std::move(spec));
}

std::string text_of_json(const rapidjson::Document& d) {
  rapidjson::StringBuffer out;
  rapidjson::Writer writer{out};
  d.Accept(writer);
  return out.GetString();
}

void set(rapidjson::Document& d, const std::string& pointer, rapidjson::Value value) {
  rapidjson::Pointer{pointer.c_str()}.Set(d, value);
}

http_response refusal(const failure& f, bool uncertain = true) {
  http_response r;
  r.unsent = !uncertain;
  r.status = f.http_status;
  if (f.http_status == 0 || f.kind != failure_kind::http) r.error = f;
  return r;
}

std::string applied(int from, int to, bool seen) {
  return fmt::format("{} {} -> {}", seen ? "seen" : "applied", from, to);
}

std::string decided(const decision_made& x) {
  const auto& d = x.made;
  auto text = fmt::format("{} {} -> {} -> {}:", x.shadow ? "shadow" : "decided",
                          d.current, d.recommended, d.desired);
  for (const auto& s : d.steps)
    text += fmt::format(" {} {} {};", to_string(s.code), s.from, s.to);
  return text;
}

}  // namespace

recorded_world::recorded_world(const std::filesystem::path& record) {
  record::record_reader reader{record.string(), record::event_reader::steps::read};
  for (record::recorded_event e; reader.next(e);) take(e);
}

void recorded_world::take(const record::recorded_event& e) {
  if (started_ == time_point{}) started_ = e.time;
  ended_ = std::max(ended_, e.time);
  if (e.name.empty()) return;
  const std::string name{e.name};
  auto& t = targets_[name];
  if (e.as<target_added>() && !e.restated()) {
    t.spec = spec_from(e.spec);
    t.added = e.time;
  } else if (const auto* s = e.as<status_observed>()) {
    t.polls.push_back({e.time, s->seen, {}});
  } else if (const auto* f = e.as<status_failed>()) {
    t.polls.push_back({e.time, std::nullopt, f->what});
  } else if (const auto* a = e.as<scale_applied>()) {
    if (!a->seen) t.puts.push_back({e.time, std::nullopt});
    recorded_.push_back({name, e.time, applied(a->from, a->to, a->seen)});
  } else if (const auto* lost = e.as<scale_failed>()) {
    t.puts.push_back({e.time, lost->what, lost->uncertain});
  } else if (const auto* d = e.as<decision_made>()) {
    recorded_.push_back({name, e.time, decided(*d)});
  }
}

http_response recorded_world::status_of(const target_spec& spec, const poll& p) {
  if (!p.seen) return refusal(p.what);
  rapidjson::Document d;
  d.SetObject();
  set(d, spec.status.replicas, rapidjson::Value{p.seen->replicas});
  if (p.seen->ready) set(d, spec.status.ready, rapidjson::Value{*p.seen->ready});
  if (p.seen->observed_at)
    set(d, spec.status.observed_at,
        rapidjson::Value{to_rfc3339(*p.seen->observed_at).c_str(), d.GetAllocator()});
  for (const auto& m : spec.metrics)
    if (const auto* s = p.seen->find(m.name); s && m.url.empty())
      set(d, m.value, rapidjson::Value{s->value});
  http_response r;
  r.status = 200;
  r.body = text_of_json(d);
  return r;
}

reply recorded_world::answer(const net::http_request& request, time_point now) {
  const auto at = [&](http_response r, time_point when) {
    reply x;
    x.response = std::move(r);
    x.after = std::max(microseconds{0}, when - now);
    return x;
  };
  for (auto& [name, t] : targets_) {
    if (request.method != net::verb::get && request.url == t.spec->scale.url) {
      if (t.puts.empty()) return hangs();
      const auto p = t.puts.front();
      t.puts.pop_front();
      http_response done;
      done.status = 204;
      return at(p.what ? refusal(*p.what, p.uncertain) : done, p.answered);
    }
    if (request.url == t.spec->status.url) {
      if (t.polls.empty()) return hangs();
      t.now = t.polls.front();
      t.polls.pop_front();
      return at(status_of(*t.spec, *t.now), t.now->answered);
    }
    rapidjson::Document d;
    d.SetObject();
    bool asked = false;
    for (const auto& m : t.spec->metrics) {
      if (m.url != request.url || !t.now) continue;
      asked = true;
      if (const auto* s = t.now->seen ? t.now->seen->find(m.name) : nullptr)
        set(d, m.value, rapidjson::Value{s->value});
    }
    if (!asked) continue;
    http_response r;
    r.status = 200;
    r.body = text_of_json(d);
    return at(r, t.now->answered);
  }
  return answers(404);
}

std::vector<deed> recorded_world::run() {
  virtual_loop h{{}, started_};
  // Old records are of daemons whose targets were polled from their start on.
  h.control.services().place = [&, began = h.system.clock().now()](std::string_view name,
                                                                   milliseconds) {
    const auto since = targets_.at(std::string{name}).added - started_;
    return began.time_since_epoch() + steady_time::duration{since};
  };
  h.client.app = [&](const net::http_request& r) {
    return answer(r, started_ + h.elapsed_exactly());
  };
  for (const auto& [name, t] : targets_) {
    if (!t.spec) throw std::runtime_error("the record has no spec of " + name);
    h.advance(std::max(microseconds{0}, t.added - (started_ + h.elapsed_exactly())));
    h.control.add(t.spec);
  }
  h.advance(ended_ - (started_ + h.elapsed_exactly()));
  std::vector<deed> all;
  for (const auto& e : h.events) {
    if (const auto* a = e->as<scale_applied>())
      all.push_back({e->target->name, e->time, applied(a->from, a->to, a->seen)});
    if (const auto* d = e->as<decision_made>())
      all.push_back({e->target->name, e->time, decided(*d)});
  }
  return all;
}

}  // namespace scaleit::test
