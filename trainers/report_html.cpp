#include "trainers/report_html.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "pipelines/formats/text.h"

namespace lithe {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

// The bytes of the UTF-8 character that starts `text`; 0 if there is none.
size_t character(std::string_view text) {
  for (size_t bytes = 1; bytes <= std::min<size_t>(4, text.size()); ++bytes) {
    if (is_utf8(text.substr(0, bytes))) return bytes;
  }
  return 0;
}

std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t bytes = std::max<size_t>(1, character(text));
    const unsigned char c = static_cast<unsigned char>(text[0]);
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\'') {
      out += "&#39;";
    } else if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f || (c >= 0x80 && bytes == 1)) {
      out += kReplacement;
    } else {
      out += text.substr(0, bytes);
    }
    text.remove_prefix(bytes);
  }
  return out;
}

std::string printed(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

}  // namespace

Html::Html(std::string_view text) : markup_(escaped(text)) {}

Html Html::markup(std::string text) {
  Html html;
  html.markup_ = std::move(text);
  return html;
}

void Element::add(const HtmlAttribute& attribute) {
  attributes_ += std::string(" ") + attribute.name + "=\"" + escaped(attribute.value) + "\"";
}

Html Element::take() const {
  const std::string name = name_;
  const std::string start = "<" + name + attributes_ + ">";
  if (name == "img" || name == "meta") return Html::markup(start);
  return Html::markup(start + inner_.str() + "</" + name + ">");
}

std::string percent(double share) { return std::isfinite(share) ? printed("%.2f%%", 100 * share) : "n/a"; }
std::string significant(double value) { return std::isfinite(value) ? printed("%.3g", value) : "n/a"; }
std::string coordinate(double value) { return std::isfinite(value) ? printed("%.2f", value) : "0"; }

Html html_of(const Table& table) {
  std::vector<std::string> classes;
  Html head, body;
  for (const std::string& title : table.header) {
    const bool number = title.rfind('#', 0) == 0;
    classes.push_back(number ? "n" : "t");
    head += tag("th", attr("scope", "col"), attr("class", classes.back()), number ? title.substr(1) : title);
  }
  for (const std::vector<Html>& row : table.rows) {
    Html cells;
    for (size_t c = 0; c < row.size(); ++c) {
      const HtmlAttribute kind = attr("class", classes.at(c));
      cells += c == 0 ? tag("th", attr("scope", "row"), kind, row[c]) : tag("td", kind, row[c]);
    }
    body += tag("tr", cells);
    body += Html::markup("\n");
  }
  // What scrolls must be reached by the keyboard, hence needs a name.
  return tag("div", attr("class", "scroll"), attr("role", "region"), attr("tabindex", "0"),
             attr("aria-label", table.caption),
             tag("table", tag("caption", table.caption), tag("thead", tag("tr", head)), tag("tbody", body)));
}

Html bar(double share) {
  return tag("span", attr("class", "bar"), attr("style", "--v:" + coordinate(share)), percent(share));
}

Html section(const std::string& id, const std::string& heading, const Html& body) {
  if (body.empty()) return {};
  return tag("section", attr("id", id), tag("h2", heading), body);
}

}  // namespace lithe
