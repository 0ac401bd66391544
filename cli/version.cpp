#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/command.h"

namespace lithe::cli {
namespace {

struct VersionOptions {
  bool json = false;
  template <class Field>
  void visit(Field&& f) {
    f("json", json, "as JSON");
  }
};

void version(const VersionOptions& o) {
  if (o.json) {
    const nlohmann::ordered_json answer = {{"name", "lithe"}, {"version", LITHE_VERSION}, {"compiler", __VERSION__}};
    std::cout << answer.dump(2) << "\n";
  } else {
    std::cout << "lithe " LITHE_VERSION "\n";
  }
}

}  // namespace

extern const Command kVersion =
    command<VersionOptions>("version", "print the version", version,
                            {{"lithe version", "one line"}, {"lithe version --json", "with the compiler"}});

}  // namespace lithe::cli
