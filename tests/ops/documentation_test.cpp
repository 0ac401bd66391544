// docs/operators.md repeats the contracts; this test writes its table and compares.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "pipelines/graph/op.h"

namespace lithe {
namespace {

std::string ports(const std::vector<Port>& list) {
  std::string text;
  for (const Port& port : list) {
    text += (text.empty() ? "" : ", ") + port.name + " `" + port.dims + "`";
    if (port.optional) text += " (optional)";
    if (port.variadic) text += " (one or more)";
  }
  return text;
}

std::string attributes(const Op& op) {
  std::string text;
  for (const auto& [name, value] : op.attributes()) text += (text.empty() ? "" : ", ") + name + " " + to_string(value);
  return text;
}

std::string table() {
  std::string text = "| operator | inputs | outputs | attributes | |\n|---|---|---|---|---|\n";
  for (const std::string& name : op_names()) {
    const Op& op = find_op(name);
    text += "| " + name + " | " + ports(op.inputs()) + " | " + ports(op.outputs()) + " | " + attributes(op) + " | " +
            op.summary() + " |\n";
  }
  return text;
}

TEST(Documentation, ListsEveryOperatorAsItsContractSays) {
  std::ifstream file(LITHE_SOURCE_DIR "/docs/operators.md");
  std::stringstream content;
  content << file.rdbuf();
  EXPECT_NE(content.str().find(table()), std::string::npos) << "docs/operators.md should hold this table:\n" << table();
}

}  // namespace
}  // namespace lithe
