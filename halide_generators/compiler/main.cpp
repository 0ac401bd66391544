// lithe-kernelc compiles kernels for `lithe tune`: one JSON request per line on standard input, one answer per line.
//   {"compile": SPEC, "tile": {"rows": 7}, "instruction_set": "avx2", "path": "k.so"}  ->  {"ok": true}
//   {"tunables": SPEC, "instruction_set": "avx2"}    ->  {"tunables": [{"name": "rows", "usual": 7, "values": [4, 7]}]}
// What fails is answered by {"error": "..."}, or {"not_installed": "..."} where no kernel could be compiled; the next
// request is served all the same.

#include <iostream>
#include <nlohmann/json.hpp>

#include "halide_generators/compiler/compile.h"

namespace lithe {
namespace {

using nlohmann::json;

json answer(const json& request) {
  const std::string instruction_set = request.at("instruction_set");
  if (request.contains("compile")) {
    compile(
        {request["compile"], request.value("tile", std::map<std::string, int>()), instruction_set, request.at("path")});
    return {{"ok", true}};
  }
  json list = json::array();
  for (const Tunable& t : tunables(request.at("tunables"), instruction_set)) {
    list.push_back({{"name", t.name}, {"usual", t.usual}, {"values", t.values}});
  }
  return {{"tunables", list}};
}

}  // namespace
}  // namespace lithe

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    nlohmann::json reply;
    try {
      reply = lithe::answer(nlohmann::json::parse(line));
    } catch (const lithe::NotInstalled& error) {
      reply = {{"not_installed", error.what()}};
    } catch (const std::exception& error) {
      reply = {{"error", error.what()}};
    }
    std::cout << reply.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << std::endl;
  }
}
