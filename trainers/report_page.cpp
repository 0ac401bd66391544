#include "trainers/report_page.h"

#include <cmath>
#include <ctime>

#include "pipelines/graph/cost.h"
#include "style/report_style.h"

namespace lithe {
namespace {

// Even if a text came through as markup, the page could not load or run anything.
constexpr const char* kPolicy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", ::gmtime_r(&now, &utc));
  return text;
}

}  // namespace

Html tile(const char* what, const std::string& value, const std::string& note) {
  return tag("div", tag("dt", what), tag("dd", tag("b", value), tag("span", note)));
}

Html cost_tiles(const Graph& graph) {
  const Cost cost = cost_of(graph, 0);
  Html tiles = tile("Parameters", grouped(cost.parameters),
                    grouped(cost.parameters * size_of(DType::kF32) / 1024) + " KiB as float32");
  tiles += tile("MAdds", grouped(cost.madds.b()), "for " + to_string(cost.input));
  return tiles;
}

std::string duration(double seconds) {
  const int64_t whole = std::llround(seconds);
  const std::string minutes = std::to_string(whole / 60 % 60) + " min ", rest = std::to_string(whole % 60) + " s";
  if (whole >= 3600) return std::to_string(whole / 3600) + " h " + minutes;
  return (whole >= 60 ? minutes : "") + rest;
}

Html configuration_section(const OptionArguments& given, const OptionArguments& usual) {
  Table chosen{"Chosen", {"option", "value"}, {}}, defaults{"At their defaults", {"option", "value"}, {}};
  for (size_t i = 0; i < given.all.size(); ++i) {
    const auto& [name, arguments] = given.all[i];
    Html value;
    for (const std::string& argument : arguments) value += tag("code", argument.empty() ? "yes" : argument);
    (given.all[i] == usual.all[i] ? defaults : chosen).rows.push_back({name, value});
  }
  Html html = html_of(chosen);
  html += tag("details", tag("summary", "Options at their defaults"), html_of(defaults));
  return section("configuration", "Configuration", html);
}

std::string page(const std::string& title, const Html& head, const std::string& command, const Html& body) {
  const Html meta[] = {tag("meta", attr("charset", "utf-8")),
                       tag("meta", attr("name", "viewport"), attr("content", "width=device-width, initial-scale=1")),
                       tag("meta", attr("name", "color-scheme"), attr("content", "light dark")),
                       tag("meta", attr("http-equiv", "Content-Security-Policy"), attr("content", kPolicy))};
  Html top;
  for (const Html& one : meta) top += one;
  top += tag("title", title);
  top += tag("style", Html::markup(kReportStyle));
  Html header = tag("h1", title);
  header += head;
  if (!command.empty()) {
    header += tag("p", attr("class", "label"), "Made by");
    header += tag("pre", tag("code", command));
  }
  const Html footer = tag("footer", tag("p", "Lithe " LITHE_VERSION ", " + today()));
  const Html html =
      tag("html", attr("lang", "en"), tag("head", top), tag("body", tag("header", header), tag("main", body), footer));
  return "<!DOCTYPE html>\n" + html.str() + "\n";
}

}  // namespace lithe
