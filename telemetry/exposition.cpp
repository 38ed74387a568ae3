#include "telemetry/exposition.hpp"

#include "messages/bounds.hpp"
#include "messages/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace scaleit::telemetry {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::string_view total = "_total";

// -- numbers and strings -------------------------------------------------

template <class T, class... Form>
void put_number(std::string& out, T x, Form... form) {
  std::array<char, 32> digits;
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), x, form...).ptr;
  out.append(digits.data(), end);
}

/// The fewest digits that read back as `x`, without an exponent where people would not
/// write one either. Left to itself, to_chars() writes 0.0005 as 5e-04, which is shorter.
void put_double(std::string& out, double x) {
  const auto size = std::abs(x);
  const bool plain = size == 0 || (size >= 1e-6 && size <= 1e15);
  put_number(out, x, plain ? std::chars_format::fixed : std::chars_format::scientific);
}

void put_value(std::string& out, double x) {
  if (std::isnan(x))
    out += "NaN";
  else if (std::isinf(x))
    out += x > 0 ? "+Inf" : "-Inf";
  else
    put_double(out, x);
}

/// OpenMetrics wants a bound to look like a float: "1.0", not "1".
void put_bound(std::string& out, double x) {
  const auto begin = out.size();
  put_value(out, x);
  if (out.find_first_not_of("-0123456789", begin) == std::string::npos) out += ".0";
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

// -- one family ----------------------------------------------------------

class writer {
 public:
  writer(std::string& out, exposition_format f)
      : out_(out), openmetrics_(f == exposition_format::openmetrics) {}

  /// `first`: the family's head stands before its series.
  void family(std::string_view name, std::string_view help_text, MetricType type,
              bool first, const std::vector<ClientMetric>& series) {
    name_ = name;
    // OpenMetrics names the family without the suffix that its samples carry.
    if (openmetrics_ && type == MetricType::Counter && name_.ends_with(total))
      name_.remove_suffix(total.size());
    if (first) {
      help(help_text);
      comment("TYPE");
      (out_ += type_name(type)) += '\n';
      if (openmetrics_) unit();
    }
    for (const auto& m : series) metric(type, m);
  }
  void end() {
    if (openmetrics_) out_ += "# EOF\n";
  }

 private:
  void comment(std::string_view keyword) {
    (((out_ += "# ") += keyword) += ' ') += name_;
    out_ += ' ';
  }

  void help(std::string_view text) {
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
        put_double(out_, static_cast<double>(m.timestamp_ms) / 1000);
      else
        put_number(out_, m.timestamp_ms);
    }
    out_ += '\n';
  }

  std::string& out_;
  bool openmetrics_;
  std::string_view name_;
};

}  // namespace

std::string expose(const std::vector<MetricFamily>& families, exposition_format f) {
  std::string out;
  writer w(out, f);
  for (const auto& x : families)
    if (!x.metric.empty()) w.family(x.name, x.help, x.type, true, x.metric);
  w.end();
  return out;
}

void exposer::append(std::string& out, std::size_t bytes) {
  writer w(out, format_);
  const auto enough = out.size() + bytes;
  while (!done_ && out.size() < enough) {
    const auto s = all_.next(at_, bounds::scrape_slice_series);
    if (s)
      w.family(s->of->name, s->of->help, type_of(s->of->type), s->first, s->series);
    else
      w.end();
    done_ = !s;
  }
}

}  // namespace scaleit::telemetry
