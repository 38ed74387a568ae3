#include "actors/poll_round.hpp"

#include "net/prepared_request.hpp"
#include "spec/refusal.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace scaleit::actors {

namespace {

/// `s`: a status_spec, or a metric_spec with a URL.
template <class Source>
net::http_request get(const Source& s) {
  net::http_request r;
  r.url = s.url;
  r.headers = s.headers;
  r.timeout = s.timeout;
  r.keep_alive = s.keep_alive;
  return r;
}

/// The metrics with a URL of their own, by request.
std::vector<std::vector<const metric_spec*>> sources_of(const target_spec& spec) {
  std::vector<std::vector<const metric_spec*>> sources;
  for (const auto& m : spec.metrics) {
    if (m.url.empty()) continue;
    const auto known = std::find_if(
        sources.begin(), sources.end(),
        [&](const auto& metrics) { return same_source(*metrics.front(), m); });
    if (known != sources.end())
      known->push_back(&m);
    else
      sources.push_back({&m});
  }
  return sources;
}

}  // namespace

poll_round::poll_round(const target_spec& spec, reader_cache& readers,
                       spec::secret_store& secrets, steady_time now)
    : reader_(readers.of(spec)) {
  if (!spec.status.push) request_.emplace(get(spec.status), secrets, now);
  for (const auto& metrics : sources_of(spec))
    sources_.push_back(
        {credentialed_request{get(*metrics.front()), secrets, now}, readers.of(metrics)});
}

poll_round::~poll_round() {
  if (out_) client_->cancel(*out_);
  for (const auto& s : sources_)
    if (s.out) client_->cancel(*s.out);
}

void poll_round::begin(net::http_client& client, steady_time now,
                       const handler& answered) {
  client_ = &client;
  status_.reset();
  took_ = microseconds{0};
  submit(*request_, 0, now, answered, out_);
  ask_sources(now, answered);
}

void poll_round::begin(observation reported, net::http_client& client, steady_time now,
                       const handler& answered) {
  client_ = &client;
  status_ = std::move(reported);
  took_ = microseconds{0};
  ask_sources(now, answered);
}

void poll_round::ask_sources(steady_time now, const handler& answered) {
  for (std::size_t i = 0; i < sources_.size(); ++i)
    submit(sources_[i].request, i + 1, now, answered, sources_[i].out);
}

void poll_round::submit(credentialed_request& request, std::size_t part, steady_time now,
                        const handler& answered,
                        std::optional<net::http_client::ticket>& out) {
  ++waiting_for_;
  out = client_->submit(request.at(now), [answered, part](http_response&& r) {
    answered(part, std::move(r));
  });
}

std::optional<poll_round::result> poll_round::take(std::size_t part,
                                                   http_response& answer) {
  --waiting_for_;
  took_ = std::max(took_, answer.took);
  if (part == 0) {
    out_.reset();
    if (auto f = take_status(answer)) return std::move(*f);
  } else {
    auto& s = sources_.at(part - 1);
    s.out.reset();
    s.request.answered(answer);
    s.seen = s.reader->read(answer, s.request.last()->source().headers);
  }
  if (waiting_for_ > 0 || !status_) return {};
  return complete();
}

std::optional<failure> poll_round::take_status(http_response& answer) {
  request_->answered(answer);
  const auto& sent = request_->last()->source().headers;
  auto wrong = spec::refusal(answer, sent);
  if (wrong && answer.error) return wrong;
  if (!wrong) wrong = spec::unreadable(answer);
  if (!wrong) {
    auto read = reader_->read(answer.body, sent);
    if (auto* f = std::get_if<failure>(&read))
      wrong = std::move(*f);
    else
      status_ = std::move(std::get<observation>(read));
  }
  if (wrong) {
    wrong->http_status = answer.status;
    wrong->took = answer.took;
  }
  return wrong;
}

observation poll_round::complete() {
  auto seen = std::move(*status_);
  status_.reset();
  const auto append = [](auto& to, auto& from) {
    std::move(from.begin(), from.end(), std::back_inserter(to));
    from.clear();
  };
  for (auto& s : sources_) {
    append(seen.metrics, s.seen.found);
    append(seen.missing, s.seen.missing);
  }
  seen.took = took_;
  return seen;
}

}  // namespace scaleit::actors
