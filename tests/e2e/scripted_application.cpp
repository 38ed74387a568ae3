#include "tests/e2e/scripted_application.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace scaleit::e2e {

namespace {

constexpr double held_at = 0.8, tolerance = 0.1;
/// A PUT may have been on its way while a later status was shown.
constexpr auto crossing_max = std::chrono::milliseconds{100};

std::string document_of(const std::string& utilisation, int replicas) {
  return R"({"cpu":{"highPriority":)" + utilisation + R"(},"replicas":)" +
         std::to_string(replicas) + "}";
}

}  // namespace

int wanted_replicas(int replicas, double utilisation) {
  const double exact = replicas * utilisation / held_at;
  const double whole = std::round(exact);
  const bool is_whole = std::abs(exact - whole) <= 1e-9 * std::max(1.0, exact);
  return std::max(1, static_cast<int>(is_whole ? whole : std::ceil(exact)));
}

std::string status_answer(const std::string& document, const std::string& headers) {
  return test::ok(document, "Content-Type: application/json\r\n" + headers);
}

scripted_application::scripted_application(double load, int replicas,
                                           const std::string& address, std::uint16_t port)
    : load_(load), replicas_(replicas), port_(port != 0 ? port : reserved_.port()) {
  appear(address);
}

scripted_application::scripted_application(double load, const test::identity& who)
    : load_(load),
      replicas_(10),
      port_(0),
      server_(std::make_unique<test::unruly_server>([this](peer& p) { serve(p); }, who)) {
  port_ = server_->port();
}

scripted_application::~scripted_application() { vanish(); }

void scripted_application::appear(const std::string& address) {
  server_ = std::make_unique<test::unruly_server>([this](peer& p) { serve(p); }, address,
                                                  port_);
}

void scripted_application::vanish() { server_.reset(); }

void scripted_application::plan_polls(trick_plan p) {
  const std::lock_guard lock{mutex_};
  polls_plan_ = std::move(p);
}

void scripted_application::plan_puts(trick_plan p) {
  const std::lock_guard lock{mutex_};
  puts_plan_ = std::move(p);
}

void scripted_application::set_load(double load) {
  const std::lock_guard lock{mutex_};
  load_ = load;
}

void scripted_application::set_replicas(int replicas) {
  const std::lock_guard lock{mutex_};
  replicas_ = replicas;
}

bool scripted_application::tricks_over() const {
  const std::lock_guard lock{mutex_};
  return polls_plan_.times == 0 && puts_plan_.times == 0 && playing_ == 0;
}

// -- answers --------------------------------------------------------------

void scripted_application::serve(peer& p) {
  bool more = true;
  while (more) {
    const auto request = p.read_request();
    if (request.empty()) return;
    const auto line = request.substr(0, request.find(" HTTP/1.1\r\n"));
    if (line == "GET /app/status")
      more = on_get(p);
    else if (line == "PUT /app/replicas")
      more = on_put(p, request);
    else if (line == "GET /elsewhere")
      more = p.send(status_answer(show()));
    else if (line == "GET /loop")
      more = p.send("HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n");
    else {
      const std::lock_guard lock{mutex_};
      complaints_ += "unexpected: " + line + "\n";
      return;
    }
  }
}

/// The document; it may now lead to a PUT, if it is `really` shown.
std::string scripted_application::show(bool really) {
  const std::lock_guard lock{mutex_};
  char utilisation[32];
  std::snprintf(utilisation, sizeof utilisation, "%.2f", load_ / replicas_);
  if (really)
    shown_.push_back(
        {std::atof(utilisation), replicas_, std::chrono::steady_clock::now()});
  return document_of(utilisation, replicas_);
}

/// Plays the trick if it is its time; called without the lock.
bool scripted_application::play(trick_plan& plan, peer& p, const std::string& document) {
  const bool more = plan.play(p, document);
  const std::lock_guard lock{mutex_};
  --playing_;
  if (plan.times == 0 && playing_ == 0 && plan.load_after > 0) load_ = plan.load_after;
  return more;
}

bool scripted_application::on_get(peer& p) {
  bool tricky = false;
  {
    const std::lock_guard lock{mutex_};
    ++polls_;
    auto& plan = polls_plan_;
    tricky = plan.times > 0 && plan.calm-- <= 0;
    if (tricky) {
      --plan.times;
      ++playing_;
      if (plan.load_before > 0) load_ = std::exchange(plan.load_before, 0);
    }
  }
  if (tricky) return play(polls_plan_, p, show(polls_plan_.counts));
  return p.send(status_answer(show()));
}

bool scripted_application::on_put(peer& p, const std::string& request) {
  bool tricky = false;
  {
    const std::lock_guard lock{mutex_};
    ++puts_;
    const auto body = request.substr(request.find("\r\n\r\n") + 4);
    judge(body);
    if (request.find("\r\nContent-Type: application/json\r\n") == std::string::npos)
      complaints_ += "no Content-Type: " + request + "\n";
    auto& plan = puts_plan_;
    tricky = plan.times > 0 && plan.calm-- <= 0;
    if (tricky) {
      --plan.times;
      ++playing_;
    }
    const int wish =
        std::atoi(body.substr(std::min<std::size_t>(body.size(), 12)).c_str());
    if ((!tricky || plan.counts) && wish > 0) replicas_ = wish;
  }
  if (tricky) return play(puts_plan_, p, {});
  return p.send("HTTP/1.1 204 No Content\r\n\r\n");
}

// -- the books ------------------------------------------------------------

bool scripted_application::follows_from(const shown& s, int wish) const {
  const bool held = std::abs(s.utilisation - held_at) < tolerance - 1e-9;
  return !held && wanted_replicas(s.replicas, s.utilisation) == wish;
}

void scripted_application::judge(const std::string& body) {
  const auto now = std::chrono::steady_clock::now();
  constexpr std::string_view begin = R"({"replicas":)";
  const int wish = body.starts_with(begin) ? std::atoi(body.c_str() + begin.size()) : 0;
  if (wish < 1 || body != std::string{begin} + std::to_string(wish) + "}") {
    complaints_ += "malformed: " + body + "\n";
    return;
  }
  if (wish == replicas_) complaints_ += "applied already: " + body + "\n";
  // The status shown last, or the one that it crossed.
  bool explained = false;
  for (auto s = shown_.rbegin(); s != shown_.rend() && !explained; ++s) {
    explained = follows_from(*s, wish);
    if (now - s->at > crossing_max) break;
  }
  if (!explained)
    complaints_ += body + " with " + std::to_string(replicas_) + " replicas at load " +
                   std::to_string(load_) + " follows from no status shown\n";
}

}  // namespace scaleit::e2e
