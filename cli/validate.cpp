#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "pipelines/formats/results.h"

namespace lithe::cli {
namespace {

struct ValidateOptions {
  std::string folder;
  bool json = false;
  template <class Field>
  void visit(Field&& f) {
    f.positional("folder", folder, "folder of the results of `lithe classify`", "DIR");
    f("json", json, "as JSON");
  }
};

void validate(const ValidateOptions& o) {
  const Validation found = validate_results(o.folder);
  if (o.json) {
    const nlohmann::ordered_json answer = {
        {"records", found.records}, {"failures", found.failures}, {"problems", found.problems}};
    std::cout << answer.dump(2) << "\n";
  } else {
    for (const std::string& problem : found.problems) std::cout << problem << "\n";
    std::cout << found.records << " records, " << found.failures << " of them errors\n";
  }
  if (found.problems.empty()) return;
  throw Error(ErrorKind::kCheck,
              o.folder + ": the results are not what docs/results.schema.json describes: " + found.problems.front());
}

}  // namespace

extern const Command kValidate =
    command<ValidateOptions>("validate", "check a folder of results: schema, one record per input", validate,
                             {{"lithe validate out", "exit code 0: all is well, 7: something is not"},
                              {"lithe validate out --json | jq '.problems[]'", "what is wrong"}});

}  // namespace lithe::cli
