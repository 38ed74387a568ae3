#include "net/exposition.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <iterator>
#include <unordered_map>
#include <utility>

namespace scaleit::net {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::string_view total = "_total";

// -- numbers and strings -----------------------------------------------------------

template <class T>
void put_number(std::string& out, T x) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), x).ptr;
  out.append(digits.data(), end);
}

void put_value(std::string& out, double x) {
  if (std::isnan(x))
    out += "NaN";
  else if (std::isinf(x))
    out += x > 0 ? "+Inf" : "-Inf";
  else
    put_number(out, x);
}

/// OpenMetrics wants a bound to look like a float: "1.0", not "1".
void put_bound(std::string& out, double x) {
  const auto begin = out.size();
  put_value(out, x);
  if (out.find_first_not_of("-0123456789", begin) == std::string::npos) out += ".0";
}

/// The length of the UTF-8 sequence at the start of `s` (RFC 3629), 0 if it is none.
std::size_t utf8_length(std::string_view s) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  const auto b = byte(0);
  if (b < 0x80) return 1;
  const std::size_t n = b >= 0xc2 && b <= 0xdf   ? 2
                        : (b & 0xf0) == 0xe0     ? 3
                        : b >= 0xf0 && b <= 0xf4 ? 4
                                                 : 0;
  if (n == 0 || s.size() < n) return 0;
  for (std::size_t i = 1; i < n; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  const auto second = byte(1);
  const bool overlong = (b == 0xe0 && second < 0xa0) || (b == 0xf0 && second < 0x90);
  const bool outside = (b == 0xed && second > 0x9f) || (b == 0xf4 && second > 0x8f);
  return overlong || outside ? 0 : n;
}

void put_escaped(std::string& out, std::string_view s, bool quotes) {
  while (!s.empty()) {
    auto n = utf8_length(s);
    if (n == 0) {
      out += "\xef\xbf\xbd";
      n = 1;
    } else if (s[0] == '\\') {
      out += "\\\\";
    } else if (s[0] == '\n') {
      out += "\\n";
    } else if (s[0] == '"' && quotes) {
      out += "\\\"";
    } else {
      out.append(s.substr(0, n));
    }
    s.remove_prefix(n);
  }
}

// -- one family ----------------------------------------------------------------------

class writer {
 public:
  writer(std::string& out, exposition_format f)
      : out_(out), openmetrics_(f == exposition_format::openmetrics) {}

  void family(const MetricFamily& f) {
    name_ = f.name;
    // OpenMetrics names the family without the suffix that its samples carry.
    if (openmetrics_ && f.type == MetricType::Counter && name_.ends_with(total))
      name_.remove_suffix(total.size());
    help(f.help);
    comment("TYPE");
    (out_ += type_name(f.type)) += '\n';
    if (openmetrics_) unit();
    for (const auto& m : f.metric) metric(f.type, m);
  }

 private:
  void comment(std::string_view keyword) {
    (((out_ += "# ") += keyword) += ' ') += name_;
    out_ += ' ';
  }

  void help(const std::string& text) {
    if (text.empty()) return;
    comment("HELP");
    put_escaped(out_, text, openmetrics_);
    out_ += '\n';
  }

  void unit() {
    static constexpr std::array<std::string_view, 9> units = {
        "seconds", "bytes",   "ratio",  "celsius", "meters",
        "volts",   "amperes", "joules", "grams"};
    const auto mark = name_.rfind('_');
    if (mark == std::string_view::npos) return;
    const auto suffix = name_.substr(mark + 1);
    if (std::find(units.begin(), units.end(), suffix) == units.end()) return;
    comment("UNIT");
    (out_ += suffix) += '\n';
  }

  std::string_view type_name(MetricType t) const {
    switch (t) {
      case MetricType::Counter:
        return "counter";
      case MetricType::Gauge:
        return "gauge";
      case MetricType::Summary:
        return "summary";
      case MetricType::Histogram:
        return "histogram";
      default:
        return openmetrics_ ? "unknown" : "untyped";
    }
  }

  void metric(MetricType t, const ClientMetric& m) {
    switch (t) {
      case MetricType::Counter:
        sample(m, openmetrics_ ? total : "", m.counter.value);
        break;
      case MetricType::Gauge:
        sample(m, "", m.gauge.value);
        break;
      case MetricType::Summary:
        for (const auto& q : m.summary.quantile) {
          begin(m, "", "quantile", q.quantile);
          put_value(out_, q.value);
          end(m);
        }
        sum_and_count(m, m.summary.sample_sum, m.summary.sample_count);
        break;
      case MetricType::Histogram:
        histogram(m);
        break;
      default:
        sample(m, "", m.untyped.value);
        break;
    }
  }

  void histogram(const ClientMetric& m) {
    const auto& h = m.histogram;
    const auto bucket = [&](double bound, std::uint64_t count) {
      begin(m, "_bucket", "le", bound);
      put_number(out_, count);
      end(m);
    };
    for (const auto& b : h.bucket) bucket(b.upper_bound, b.cumulative_count);
    if (h.bucket.empty() || !std::isinf(h.bucket.back().upper_bound))
      bucket(HUGE_VAL, h.sample_count);
    sum_and_count(m, h.sample_sum, h.sample_count);
  }

  void sum_and_count(const ClientMetric& m, double sum, std::uint64_t count) {
    sample(m, "_sum", sum);
    begin(m, "_count");
    put_number(out_, count);
    end(m);
  }

  void sample(const ClientMetric& m, std::string_view suffix, double value) {
    begin(m, suffix);
    put_value(out_, value);
    end(m);
  }

  /// Name and labels, with one more label if `bound` is named.
  void begin(const ClientMetric& m, std::string_view suffix, std::string_view bound = {},
             double bound_value = 0) {
    (out_ += name_) += suffix;
    char separator = '{';
    for (const auto& l : m.label) {
      ((out_ += std::exchange(separator, ',')) += l.name) += "=\"";
      put_escaped(out_, l.value, true);
      out_ += '"';
    }
    if (!bound.empty()) {
      ((out_ += std::exchange(separator, ',')) += bound) += "=\"";
      put_bound(out_, bound_value);
      out_ += '"';
    }
    out_ += separator == ',' ? "} " : " ";
  }

  /// The time, in milliseconds for the one format and in seconds for the other.
  void end(const ClientMetric& m) {
    if (m.timestamp_ms != 0) {
      out_ += ' ';
      if (openmetrics_)
        put_number(out_, static_cast<double>(m.timestamp_ms) / 1000);
      else
        put_number(out_, m.timestamp_ms);
    }
    out_ += '\n';
  }

  std::string& out_;
  bool openmetrics_;
  std::string_view name_;
};

// -- Accept ----------------------------------------------------------------------------

std::string_view trim(std::string_view s) {
  const auto blank = " \t";
  const auto begin = s.find_first_not_of(blank);
  if (begin == std::string_view::npos) return {};
  return s.substr(begin, s.find_last_not_of(blank) - begin + 1);
}

/// Cuts off and returns what stands before the first `separator`.
std::string_view cut(std::string_view& s, char separator) {
  const auto mark = std::min(s.find(separator), s.size());
  const auto first = trim(s.substr(0, mark));
  s.remove_prefix(std::min(mark + 1, s.size()));
  return first;
}

bool same(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

struct media_range {
  std::string_view type;
  std::string_view version;
  double quality = 1;
};

media_range parse_range(std::string_view item) {
  media_range r;
  r.type = cut(item, ';');
  while (!item.empty()) {
    auto value = cut(item, ';');
    const auto name = cut(value, '=');
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    if (same(name, "version")) r.version = value;
    if (!same(name, "q")) continue;
    double q = 0;
    const auto [rest, ec] = std::from_chars(value.data(), value.data() + value.size(), q);
    const bool valid = ec == std::errc() && rest == value.data() + value.size();
    r.quality = valid && q >= 0 && q <= 1 ? q : 0;
  }
  return r;
}

/// The quality of one of our formats: that of the most specific range it matches.
struct quality {
  std::string_view type;
  std::string_view wildcard;
  std::string_view version;
  int specificity = 0;
  double value = 0;

  void match(const media_range& r) {
    int s = 0;
    if (same(r.type, type) && (r.version.empty() || r.version == version))
      s = r.version.empty() ? 3 : 4;
    else if (same(r.type, wildcard))
      s = 2;
    else if (r.type == "*/*")
      s = 1;
    if (s == 0 || s < specificity) return;
    value = s == specificity ? std::max(value, r.quality) : r.quality;
    specificity = s;
  }
};

}  // namespace

exposition_format negotiate_exposition(std::string_view accept) {
  quality text{.type = "text/plain", .wildcard = "text/*", .version = "0.0.4"};
  quality openmetrics{.type = "application/openmetrics-text",
                      .wildcard = "application/*",
                      .version = "1.0.0"};
  while (!accept.empty()) {
    const auto range = parse_range(cut(accept, ','));
    text.match(range);
    openmetrics.match(range);
  }
  return openmetrics.value > text.value ? exposition_format::openmetrics
                                        : exposition_format::text;
}

std::string_view content_type(exposition_format f) {
  return f == exposition_format::openmetrics
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}

std::string expose(const std::vector<MetricFamily>& families, exposition_format f) {
  std::string out;
  writer w(out, f);
  for (const auto& family : families)
    if (!family.metric.empty()) w.family(family);
  if (f == exposition_format::openmetrics) out += "# EOF\n";
  return out;
}

std::vector<MetricFamily> collect(
    const std::vector<const prometheus::Collectable*>& sources) {
  std::vector<MetricFamily> all;
  std::unordered_map<std::string, std::size_t> seen;
  for (const auto* source : sources) {
    for (auto& f : source->Collect()) {
      const auto [at, first] = seen.try_emplace(f.name, all.size());
      if (first) {
        all.push_back(std::move(f));
      } else {
        auto& metrics = all[at->second].metric;
        std::move(f.metric.begin(), f.metric.end(), std::back_inserter(metrics));
      }
    }
  }
  return all;
}

server_response exposition(const std::vector<const prometheus::Collectable*>& sources,
                           std::string_view accept) {
  const auto format = negotiate_exposition(accept);
  return {.status = 200,
          .content_type = std::string(content_type(format)),
          .body = expose(collect(sources), format),
          .headers = {{"Vary", "Accept"}}};
}

}  // namespace scaleit::net
