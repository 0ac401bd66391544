#pragma once
// Markup whose text is escaped by construction: a string that becomes part of a page becomes text.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lithe {

class Html {
 public:
  Html() = default;
  /// Text: & < > " ' are escaped, control characters and what is no UTF-8 become U+FFFD.
  Html(std::string_view text);
  Html(const std::string& text) : Html(std::string_view(text)) {}
  Html(const char* text) : Html(std::string_view(text)) {}
  /// Markup of our own; never anything that was read.
  static Html markup(std::string text);

  Html& operator+=(const Html& more) {
    markup_ += more.markup_;
    return *this;
  }
  const std::string& str() const { return markup_; }
  bool empty() const { return markup_.empty(); }

 private:
  std::string markup_;
};

struct HtmlAttribute {
  const char* name;
  std::string value;
};
inline HtmlAttribute attr(const char* name, std::string value) { return {name, std::move(value)}; }

/// Gathers what is written between the tags of an element.
class Element {
 public:
  explicit Element(const char* name) : name_(name) {}
  void add(const HtmlAttribute& attribute);
  void add(const Html& part) { inner_ += part; }
  Html take() const;

 private:
  const char* name_;
  std::string attributes_;
  Html inner_;
};

/// tag("td", attr("class", "n"), "7") is <td class="n">7</td>; attributes and parts in any number. Elements that
/// have no end get none.
template <class... Parts>
Html tag(const char* name, const Parts&... parts) {
  Element element(name);
  (element.add(parts), ...);
  return element.take();
}

/// Numbers as the page shows them: "55.10%", three significant digits, a coordinate of an SVG with two decimals. What
/// is not finite is "n/a", and 0 as a coordinate.
std::string percent(double share);
std::string significant(double value);
std::string coordinate(double value);

/// <table> with caption and header row, in a region that scrolls by itself. A column whose header begins with "#" holds
/// numbers, which stand to the right; the first column names its row.
struct Table {
  std::string caption;
  std::vector<std::string> header;
  std::vector<std::vector<Html>> rows;
};
Html html_of(const Table& table);

/// A share as percents on a bar of that length.
Html bar(double share);

/// <section> under a heading; nothing if `body` is empty.
Html section(const std::string& id, const std::string& heading, const Html& body);

}  // namespace lithe
