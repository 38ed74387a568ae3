#include "spec/describe.hpp"

namespace scaleit::spec {

// Found by the templates of fields<> when they are used below.
void describe(fields<status_spec>& f);
void describe(fields<metric_spec>& f);
void describe(fields<scale_spec>& f);
void describe(fields<listen_spec>& f);
void describe(fields<api_tls_spec>& f);
void describe(fields<auth_spec>& f);
void describe(fields<token_spec>& f);
void describe(fields<metrics_spec>& f);
void describe(fields<record_spec>& f);

using enum presence;

namespace {

using std::string_view;

constexpr duration_range timeouts{bounds::request_timeout_min,
                                  bounds::request_timeout_max};

constexpr std::array<string_view, 2> metric_types{"Value", "AverageValue"};
constexpr std::array<string_view, 2> metric_formats{"json", "prometheus"};
constexpr std::array<string_view, 3> methods{"PUT", "POST", "PATCH"};
constexpr std::array<string_view, 2> accesses{"read", "write"};
constexpr std::array<string_view, 3> series{"auto", "always", "never"};

constexpr string_view kept_connections =
    "Whether the connection is kept for the next request; if not, each has its own";

constexpr string_view accepted_headers =
    "Request headers; ${VAR} and ${file:/path} in a value stand for secrets";

}  // namespace

void describe(fields<target_spec>& f) {
  f.text({"name", "A DNS-1123 subdomain, unique", required}, &target_spec::name,
         text_form::target_name);
  std::string app;
  f.visitor.text({"app",
                  "Short for status.url = app + /app/status and scale.url = app + "
                  "/app/replicas",
                  quiet},
                 app, "", text_form::base_url);
  if (!app.empty()) {
    while (app.ends_with('/')) app.pop_back();
    f.value.status.url = app + std::string{status_path};
    f.value.scale.url = app + std::string{replicas_path};
  }
  f.duration({"interval", "From poll to poll"}, &target_spec::interval,
             {bounds::interval_min, bounds::interval_max});
  f.group({"status", "Where the state is read (GET)"}, &target_spec::status);
  if (f.value.status.push) f.value.status.url.clear();  // nor is what app implies read
  f.list({"metrics", "What is held at a value", required}, &target_spec::metrics,
         {1, bounds::metrics_max});
  f.group({"scale", "Where replicas are written"}, &target_spec::scale);
  fields<policy_spec> policy{f.visitor, f.value, f.plain};
  describe(policy);
  f.visitor.shadow(
      {"shadow", "A second policy for the same observations, never acted on", quiet},
      f.value);
}

void describe(fields<status_spec>& f) {
  const auto of_request = f.value.push ? quiet : normal;
  f.text({"url", "In place of what app implies", of_request}, &status_spec::url,
         text_form::url);
  f.duration({"timeout", "Of one request", of_request}, &status_spec::timeout, timeouts);
  f.headers({"headers", accepted_headers, quiet}, &status_spec::headers);
  f.boolean({"keepAlive", kept_connections, quiet}, &status_spec::keep_alive);
  f.text({"replicas", "JSON Pointer to the current replicas"}, &status_spec::replicas,
         text_form::pointer);
  f.text({"ready", "JSON Pointer to the ready replicas; none if empty", quiet},
         &status_spec::ready, text_form::pointer);
  f.text(
      {"observedAt",
       "JSON Pointer to the time of the sample, RFC 3339 or Unix seconds; none if empty",
       quiet},
      &status_spec::observed_at, text_form::pointer);
  f.boolean({"push",
             "The status is not read but reported, to the API; one that does not come "
             "within maxAge is a failed poll",
             quiet},
            &status_spec::push);
}

void describe(fields<metric_spec>& f) {
  f.text({"name", "Unique among the target's metrics", required}, &metric_spec::name,
         text_form::metric_name);
  f.text({"value",
          "JSON Pointer to a number, or to a string that holds one, in the status or in "
          "the answer of url; left out only with format: prometheus"},
         &metric_spec::value, text_form::pointer);
  f.choice(
      {"type",
       "Value: per replica, desired = ceil(current x value / target); AverageValue: a "
       "total, desired = ceil(value / target)"},
      &metric_spec::type, metric_types);
  f.number({"target", "The value at which it is held", required}, &metric_spec::target,
           {.above_min = true});
  f.text({"url", "Where it is read (GET), if not from the status", quiet},
         &metric_spec::url, text_form::url);
  f.duration({"timeout", "Of a request to url", quiet}, &metric_spec::timeout, timeouts);
  f.headers({"headers", accepted_headers, quiet}, &metric_spec::headers);
  f.boolean({"keepAlive", kept_connections, quiet}, &metric_spec::keep_alive);
  f.choice({"format",
            "Of the answer of url. prometheus: that of an instant query; one series is "
            "read, more are an error, and partial data takes no replicas away",
            quiet},
           &metric_spec::format, metric_formats);
  if (f.value.format == metric_format::prometheus && f.value.value.empty())
    f.value.value = prometheus_value;
}

void describe(fields<scale_spec>& f) {
  f.text({"url", "In place of what app implies"}, &scale_spec::url, text_form::url);
  f.choice({"method", "Of the request"}, &scale_spec::method, methods);
  f.text({"contentType", "Of the body"}, &scale_spec::content_type);
  f.text({"body", "${replicas} becomes the number"}, &scale_spec::body, text_form::body);
  f.duration({"timeout", "Of one request"}, &scale_spec::timeout, timeouts);
  f.headers({"headers", accepted_headers, quiet}, &scale_spec::headers);
  f.boolean({"keepAlive", kept_connections, quiet}, &scale_spec::keep_alive);
}

// -- the rest of a config file --------------------------------------------

void describe(fields<config_spec>& f) {
  f.group({"listen", "Where the daemon listens: ADDR:PORT or unix:/path"},
          &config_spec::listen);
  f.group({"auth", "Who may use the API"}, &config_spec::auth);
  f.boolean(
      {"insecure", "The API may be reached from elsewhere without a token or without TLS",
       quiet},
      &config_spec::insecure);
  f.text(
      {"state", "Directory of what was made through the API, and of holds; none if empty",
       quiet},
      &config_spec::state);
  f.group({"metrics", "What /metrics shows", quiet}, &config_spec::metrics);
  f.maybe({"record", "Where events are kept: a directory, or a map"},
          &config_spec::record, "dir");
}

void describe(fields<listen_spec>& f) {
  f.text({"metrics", "Metrics and health"}, &listen_spec::metrics, text_form::listener);
  f.text({"api", "The API"}, &listen_spec::api, text_form::listener);
  f.maybe({"apiTls", "TLS of the API's listener", quiet}, &listen_spec::api_tls);
}

void describe(fields<api_tls_spec>& f) {
  f.text({"cert", "File of the certificate and its chain, in PEM", required},
         &api_tls_spec::cert);
  f.text({"key", "File of its key, in PEM", required}, &api_tls_spec::key);
  f.text({"clientCa",
          "File of certificates, in PEM: only clients with one signed by these may "
          "connect; none if empty",
          quiet},
         &api_tls_spec::client_ca);
}

void describe(fields<auth_spec>& f) {
  f.text({"tokenFile", "File with a token that may write; none if empty"},
         &auth_spec::token_file);
  f.list({"tokens", "Tokens, each with a name", quiet}, &auth_spec::tokens,
         {0, bounds::api_tokens_max});
}

void describe(fields<token_spec>& f) {
  f.text({"name", "Who it is, in the log and in events", required}, &token_spec::name,
         text_form::metric_name);
  f.text({"file", "File with the token", required}, &token_spec::file);
  f.choice({"access", "What it may do"}, &token_spec::access, accesses);
}

void describe(fields<metrics_spec>& f) {
  f.choice({"perTarget",
            "Whether each target has series of its own; auto: while there are at most "
            "2000 targets"},
           &metrics_spec::per_target, series);
}

void describe(fields<record_spec>& f) {
  f.text({"dir", "The directory", required}, &record_spec::dir);
  f.size({"segmentSize", "A new segment begins then: bytes, or such as 64MiB"},
         &record_spec::segment_bytes);
  f.size({"keep", "Of all segments; the oldest go first: bytes, or such as 1GiB"},
         &record_spec::keep_bytes);
}

}  // namespace scaleit::spec
