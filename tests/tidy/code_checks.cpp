#include "tests/tidy/checks.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <regex>
#include <sstream>

namespace scaleit::tidy {

namespace {

using std::string;
using std::string_view;

/// What each room may include of ours, besides itself.
const std::map<string, std::set<string>, std::less<>> floors_below{
    {"messages", {}},
    {"policy", {"messages"}},
    {"net", {"messages"}},
    {"simulation", {"messages", "policy"}},
    {"spec", {"messages", "policy", "net"}},
    {"record", {"messages", "policy", "spec"}},
    {"telemetry", {"messages", "policy", "net", "spec", "record"}},
    {"actors", {"messages", "policy", "net", "spec", "record", "telemetry"}},
    {"api", {"messages", "policy", "net", "spec", "record", "telemetry", "actors"}},
    {"main",
     {"messages", "policy", "net", "simulation", "spec", "record", "telemetry", "actors",
      "api"}},
    {"tests",
     {"messages", "policy", "net", "simulation", "spec", "record", "telemetry", "actors",
      "api", "main"}},
};

const std::set<string, std::less<>> rooms_with_caf{"actors", "main", "tests"};
const std::set<string, std::less<>> rooms_with_beast{"net", "tests"};

string room_of(string_view path) { return string(path.substr(0, path.find('/'))); }

struct banned_call {
  std::regex pattern;
  std::set<string, std::less<>> rooms;
  string instead;
};

const std::vector<banned_call>& banned_calls() {
  using rooms = std::set<string, std::less<>>;
  const rooms pure{"messages", "policy", "simulation", "spec"};
  const rooms timeless{"messages", "policy",    "simulation", "spec",
                       "record",   "telemetry", "actors"};
  auto below_main = timeless;
  below_main.insert("net");
  auto all = below_main;
  all.insert("main");
  static const std::vector<banned_call> table{
      {std::regex(R"(\bsleep_(for|until)\b|\b(u|nano)?sleep\s*\()"), below_main,
       "nothing blocks on a loop; arm a timer"},
      {std::regex(R"(\bstd::(cout|cerr|clog)\b|\b(printf|puts|putchar)\s*\()"),
       below_main, "only main/ prints; log, or return the text"},
      {std::regex(R"(\b(system|steady|high_resolution)_clock::now\b|\bgettimeofday\b)"),
       timeless, "take the time as an argument, or from the actor's clock"},
      {std::regex(R"(\brandom_device\b)"), pure,
       "take a seed, so that a run can be repeated"},
      {std::regex(R"(\bs?rand\s*\(|\brandom_shuffle\b)"), all,
       "use <random> with a seed"},
      {std::regex(R"(\bgetenv\b)"), below_main,
       "main/ reads the environment and passes values"},
      {std::regex(R"(\bstd::(exit|abort|terminate)\s*\(|\b_exit\s*\()"), below_main,
       "return an error, or throw: only main/ ends the process"},
      {std::regex(R"(\busing\s+namespace\s+std\s*;)"), all, "name what is used"},
  };
  return table;
}

template <class Visit>
void each_line(string_view text, Visit visit) {
  std::istringstream in{string(text)};
  string line;
  for (std::size_t n = 1; std::getline(in, line); ++n) visit(n, line);
}

}  // namespace

std::string code_only(std::string_view text) {
  string out(text);
  std::size_t i = 0;
  const auto at = [&](string_view what) { return text.substr(i, what.size()) == what; };
  // Blanks all but line breaks up to `end`, and goes on from there.
  const auto blank = [&](std::size_t end) {
    for (end = std::min(end, text.size()); i < end; ++i)
      if (out[i] != '\n') out[i] = ' ';
  };
  while (i < text.size()) {
    const char c = text[i];
    // A quote behind a letter or digit is a digit separator, or closes nothing.
    const bool separator =
        i > 0 && std::isalnum(static_cast<unsigned char>(text[i - 1])) != 0;
    if (at("//")) {
      blank(text.find('\n', i));
    } else if (at("/*")) {
      blank(text.find("*/", i + 2) == string::npos ? text.size()
                                                   : text.find("*/", i + 2) + 2);
    } else if (at("R\"(")) {  // our raw literals have no other delimiter
      blank(text.find(")\"", i));
      i += 2;
    } else if (c == '"' || (c == '\'' && !separator)) {
      auto end = i + 1;
      while (end < text.size() && text[end] != c && text[end] != '\n')
        end += text[end] == '\\' ? 2 : 1;
      ++i;
      blank(end);
      ++i;
    } else {
      ++i;
    }
  }
  return out;
}

findings check_includes(const source_file& f) {
  static const std::regex include(R"re(^\s*#\s*include\s*(["<])([^">]+)[">])re");
  const auto room = room_of(f.path);
  const auto below = floors_below.find(room);
  if (below == floors_below.end() || !is_source(f.path)) return {};
  findings found;
  each_line(f.text, [&](std::size_t line, const string& text) {
    std::smatch m;
    if (!std::regex_search(text, m, include)) return;
    const string header = m[2];
    const auto top = room_of(header);
    if (m[1] == "<") {
      if (top == "caf" && !rooms_with_caf.contains(room) &&
          f.path != "messages/protocol.hpp")
        found.push_back(
            {f.path, line,
             "CAF stays in actors/, main/, tests/ and messages/protocol.hpp"});
      if (header.starts_with("boost/beast") && !rooms_with_beast.contains(room))
        found.push_back({f.path, line, "Beast stays in net/, behind plain headers"});
      if (floors_below.contains(top))
        found.push_back({f.path, line, "headers of ours are included with quotes"});
      return;
    }
    if (!floors_below.contains(top) || header.find("..") != string::npos)
      found.push_back(
          {f.path, line, "name headers of ours from the top: \"room/file.hpp\""});
    else if (top != room && !below->second.contains(top))
      found.push_back({f.path, line, room + "/ may not include " + top + "/"});
    else if (header == "messages/protocol.hpp" && !rooms_with_caf.contains(room))
      found.push_back({f.path, line, "messages/protocol.hpp brings CAF in"});
  });
  return found;
}

findings check_namespaces(const source_file& f) {
  static const std::regex opened(R"(^namespace scaleit(?:::(\w+))?)");
  const auto room = room_of(f.path);
  if (!floors_below.contains(room) || room == "tests" || !is_source(f.path) ||
      f.path == "main/main.cpp")
    return {};
  findings found;
  bool own = false;
  each_line(code_only(f.text), [&](std::size_t line, const string& text) {
    std::smatch m;
    if (!std::regex_search(text, m, opened)) return;
    const string name = m[1];
    own = own || name == room || room == "messages";
    if (name != room && floors_below.contains(name))
      found.push_back({f.path, line, room + "/ has no names of " + name + "/"});
  });
  if (!own)
    found.push_back({f.path, 0,
                     room == "messages" ? "opens no namespace scaleit"
                                        : "opens no namespace scaleit::" + room});
  return found;
}

findings check_calls(const source_file& f) {
  if (!is_source(f.path)) return {};
  const auto room = room_of(f.path);
  findings found;
  each_line(code_only(f.text), [&](std::size_t line, const string& text) {
    std::smatch m;
    for (const auto& call : banned_calls())
      if (call.rooms.contains(room) && std::regex_search(text, m, call.pattern))
        found.push_back({f.path, line, m.str() + ": " + call.instead});
  });
  return found;
}

}  // namespace scaleit::tidy
