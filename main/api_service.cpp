#include "main/api_service.hpp"

#include "main/logging.hpp"
#include "main/watch.hpp"
#include "record/past_account.hpp"
#include "spec/input_error.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <system_error>
#include <utility>

namespace scaleit::main {

namespace {

api::reload_result result_of(const reload_outcome& x) {
  using enum actors::outcome;
  const auto n = [&](actors::outcome o) {
    return x.targets[static_cast<std::size_t>(o)];
  };
  return {x.problems, n(added), n(changed), n(removed), n(unchanged)};
}

api::reach reach_of(const spec::listen_address& at) {
  return at.is_unix()       ? api::reach::unix_socket
         : at.is_loopback() ? api::reach::loopback
                            : api::reach::network;
}

net::server_options server_options_for(const daemon_options& o) {
  net::server_options s;
  s.address = o.api.address;
  s.port = o.api.port;
  s.connections_max = o.descriptors.api;
  s.body_bytes_max = bounds::api_body_bytes_max;
  if (o.api_tls)
    s.tls = net::server_tls{o.api_tls->cert, o.api_tls->key, o.api_tls->client_ca};
  s.warn = [](const std::string& what) { log(log_level::warning, what); };
  s.inform = [](const std::string& what) { log(log_level::info, what); };
  return s;
}

}  // namespace

api_service::api_service(const daemon_options& o, time_point started,
                         net::event_loop& here, net::event_loop& control_loop,
                         actors::control_loop& control, const telemetry::health& health,
                         reload* file)
    : here_(here),
      auth_(o.auth),
      token_file_option_(o.auth.token_file == o.settings.auth.token_file
                             ? std::string{}
                             : o.auth.token_file),
      at_(o.api),
      tls_(o.api_tls.has_value()) {
  auto tokens = api::tokens::read(o.auth);
  if (auto why = api::refuse_listener(o.api, tokens.any(), tls_, o.insecure))
    throw spec::input_error{*why};
  for (const auto& w : tokens.warnings()) log(log_level::warning, w);
  if (auto w = api::warn_of_listener(o.api, tokens.any(), tls_, o.insecure))
    log(log_level::warning, *w);
  if (!o.state.empty()) restore(control, o.state, control_loop);
  targets_ = std::make_unique<api::control_side>(control, state_.get(), started);
  api_ = std::make_unique<api::api>(
      options_for(o, started, file), here, control_loop, *targets_, health,
      api::access_control{std::move(tokens), reach_of(o.api)});
  try {
    server_ = std::make_unique<net::http_server>(
        here, server_options_for(o), [this](net::server_request&& r, net::responder to) {
          (*api_)(std::move(r), std::move(to));
        });
    at_.port = server_->port();
  } catch (const std::system_error& e) {
    const auto why =
        fmt::format("{}: {}; --api-listen or SCALEIT_API_LISTEN choose another",
                    o.api.text(), e.code().message());
    if (o.api_chosen) throw cannot_listen{why};
    log(log_level::warning, "the API is not served, as it cannot listen on " + why);
  } catch (const std::runtime_error& e) {
    throw spec::input_error{fmt::format("listen.apiTls: {}", e.what())};
  }
}

api_service::~api_service() { server_.reset(); }

std::string api_service::url() const {
  if (!server_) return {};
  return at_.is_unix() ? at_.text()
                       : fmt::format("http{}://{}", tls_ ? "s" : "", at_.text());
}

void api_service::reload_credentials(std::optional<spec::auth_spec> auth) {
  net::asio::post(here_.io(), [this, auth = std::move(auth)]() mutable {
    if (server_ && tls_) server_->reload_tls();  // tells what is wrong itself
    try {
      auto next = auth ? std::move(*auth) : auth_;
      if (!token_file_option_.empty()) next.token_file = token_file_option_;
      auto read = api::tokens::read(next, &api_->tokens_in_use());
      if (read.any() != api_->has_tokens())
        throw spec::input_error{
            "whether the API needs a token cannot change while the daemon runs"};
      for (const auto& w : read.warnings()) log(log_level::warning, w);
      api_->replace_tokens(std::move(read));
      auth_ = std::move(next);
    } catch (const spec::input_error& e) {
      log(log_level::error, fmt::format("tokens not read again: {}", e.what()));
    }
  });
}

void api_service::tell_config(api::config_state c) {
  net::asio::post(here_.io(), [this, c = std::move(c)] { api_->replace_config(c); });
}

void api_service::finish() {
  stopping_ = true;
  past_.stop();
  if (state_) state_->finish();
}

api::api_options api_service::options_for(const daemon_options& o, time_point started,
                                          reload* file) {
  api::api_options a;
  a.started = started;
  if (o.record) a.record = o.record->dir;
  a.state = o.state;
  if (!o.config_file.empty()) a.config = api::config_state{o.config_file, started, {}};
  a.variables = o.secrets->variables();
  a.event_clients_max =
      std::min(bounds::api_event_clients_max, (o.descriptors.api + 1) / 2);
  if (file)
    a.reload = [file](std::string why,
                      std::function<void(const api::reload_result&)> done) {
      file->ask(std::move(why), [done = std::move(done)](const reload_outcome& x) {
        done(result_of(x));
      });
    };
  if (o.record)
    a.explain_past = [this, directory = o.record->dir](
                         std::string target, time_point at,
                         std::function<void(api::api_options::past)> done) {
      net::asio::post(past_, [this, directory, target = std::move(target), at,
                              done = std::move(done)] {
        try {
          done(record::account_of_past(directory, target, at, stopping_));
        } catch (const std::exception& e) {
          done(std::string{e.what()});
        }
      });
    };
  a.audit = [](const std::string& line) { log(log_level::info, "api: " + line); };
  return a;
}

void api_service::restore(actors::control_loop& control, const std::string& directory,
                          net::event_loop& control_loop) {
  api::state_folder folder{directory};
  auto found = folder.load();
  for (const auto& line : found.set_aside) log(log_level::warning, line);
  std::size_t specs = 0, holds = 0;
  for (auto& [name, kept] : found.targets) {
    if (kept.hold.any()) control.recall_hold(name, kept.hold), ++holds;
    if (kept.spec) control.recall_wanted(actors::origin::api, kept.spec), ++specs;
  }
  log(log_level::info, fmt::format("state in {}: {} targets and {} holds are kept there",
                                   directory, specs, holds));
  state_ = std::make_unique<api::state_writer>(std::move(folder),
                                               control_loop.io().get_executor());
}

}  // namespace scaleit::main
