#pragma once
// What the pages of all kinds of runs have in common.

#include <string>

#include "pipelines/core/command_line.h"
#include "pipelines/graph/graph.h"
#include "trainers/report_html.h"

namespace lithe {

/// A figure at the head of a page, with a note below; they stand in <dl class="tiles">.
Html tile(const char* what, const std::string& value, const std::string& note);
/// Parameters and multiply-adds of a network.
Html cost_tiles(const Graph& graph);
/// "1 h 2 min 3 s"
std::string duration(double seconds);

/// What was chosen, then what stayed at its default.
Html configuration_section(const OptionArguments& given, const OptionArguments& usual);
template <class Options>
Html configuration_section(Options options) {
  Options initial;
  OptionArguments given, usual;
  options.visit(given);
  initial.visit(usual);
  return configuration_section(given, usual);
}

/// The document: `head` under the title, the command that made it (may be empty), `body`, style, version and date. It
/// needs nothing else, neither network nor scripts.
std::string page(const std::string& title, const Html& head, const std::string& command, const Html& body);

}  // namespace lithe
