// What is written as YAML reads back as the same, whatever it is.
#include "spec/document_yaml.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/patience.hpp"

#include <random>

using namespace scaleit::spec;

namespace {

using kind = document::kind;

std::string yaml(const std::string& json) { return pretty_yaml(*parse_document(json)); }

/// Texts of characters that mean something to somebody.
class any_document {
 public:
  explicit any_document(unsigned seed) : engine_(seed) {}

  document_ptr next(int depth = 0) {
    switch (whole(0, depth < 3 ? 6 : 3)) {
      case 0:
        return make_number(whole(-5, 5) * 0.25);
      case 1:
        return make_boolean(whole(0, 1) == 1);
      case 2:
      case 3:
        return make_text(text());
      case 4:
        return collection(kind::list, depth);
      default:
        return collection(kind::map, depth);
    }
  }

 private:
  int whole(int min, int max) {
    return std::uniform_int_distribution<int>{min, max}(engine_);
  }
  std::string text() {
    static const std::vector<std::string> pieces{
        "a",  "B",  "0",    "9",  "1e", "x",      " ",      "  ",     ":",    ": ",
        "#",  " #", "-",    "- ", "--", "...",    "'",      "\"",     "\\",   "\n",
        "\t", "[",  "]",    "{",  "}",  ",",      "&",      "*",      "!",    "|",
        ">",  "%",  "@",    "`",  "?",  "=",      "~",      ".",      "_",    "no",
        "on", "ü",  "日本", "😀",  "\r", "\u00a0", "\u2028", "\u0085", "\x7f", "\x01"};
    std::string out;
    for (int i = whole(0, 4); i > 0; --i)
      out +=
          pieces[static_cast<std::size_t>(whole(0, static_cast<int>(pieces.size()) - 1))];
    return out;
  }
  document_ptr collection(kind is, int depth) {
    auto d = std::make_shared<document>();
    d->is = is;
    for (int i = whole(0, 3); i > 0; --i) {
      auto key = text();
      if (is == kind::list)
        d->items.push_back(next(depth + 1));
      else if (d->find(key) == nullptr)
        d->entries.push_back({key, {}, next(depth + 1)});
    }
    return d;
  }

  std::mt19937 engine_;
};

}  // namespace

TEST_CASE("YAML is written in blocks, with quotes only where they are needed") {
  CHECK(yaml(R"({"name":"checkout","interval":"5s","max":100,"on":true,"none":null,)"
             R"("list":[1,{"a":"b","c":"d"}],"empty":{},"nothing":[]})") ==
        "name: checkout\n"
        "interval: 5s\n"
        "max: 100\n"
        "\"on\": true\n"
        "none: ~\n"
        "list:\n"
        "  - 1\n"
        "  - a: b\n"
        "    c: d\n"
        "empty: {}\n"
        "nothing: []\n");
}

TEST_CASE("a text that another reader could take for something else is quoted") {
  for (const std::string text : {"true",       "True",
                                 "no",         "NO",
                                 "on",         "y",
                                 "null",       "~",
                                 "",           "1",
                                 "-1",         "1.5",
                                 "1e3",        "0x1F",
                                 "0o17",       "0b1",
                                 "017",        "1_000",
                                 "12:30",      "12:30:45",
                                 "2026-01-31", "2026-01-31T09:30:00Z",
                                 ".inf",       ".nan",
                                 "+1",         "- a",
                                 "a: b",       "a #b",
                                 "*x",         "&x",
                                 "!x",         "%x",
                                 "@x",         "`x",
                                 " x",         "x ",
                                 "=",          "<<",
                                 "a:"}) {
    CAPTURE(text);
    document d;
    d.is = kind::text;
    d.scalar = text;
    CHECK(pretty_yaml(d).starts_with('"'));
  }
  for (const std::string text :
       {"5s", "1m30s", "http://h:80/a?b=c", "/a/b", "a.b-c", "2 words", "0 8 * * 1-5"}) {
    CAPTURE(text);
    document d;
    d.is = kind::text;
    d.scalar = text;
    CHECK(pretty_yaml(d) == text + "\n");
  }
}

TEST_CASE("any document that is written as YAML reads back as the same") {
  any_document random{20261129};
  for (int i = 0; i < scaleit::test::tries(3000); ++i) {
    const auto d = random.next();
    const auto text = pretty_yaml(*d);
    std::string json;
    append_json(json, *d);
    CAPTURE(i, json, text);
    REQUIRE(same_content(*parse_document(text), *d));
  }
}
