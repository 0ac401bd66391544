#pragma once
// A graph as JSON: how a Lithe file holds a network that is not in the table, such as an imported one.
//
//   {"version": 1, "name": "...", "inputs": [{"name", "shape"}], "state": [{"name", "shape", "statistic"}],
//    "nodes": [{"op", "name", "inputs": [names, or null where an optional one is absent], "attributes"}],
//    "outputs": [names]}
//
// Nodes are named by their first output and stand in order of execution; numbers that JSON lacks are "inf" and "-inf".

#include <string>
#include <string_view>

#include "pipelines/graph/graph.h"

namespace lithe {

std::string graph_to_json(const Graph& graph);
/// `json` need not be trusted. Throws Error saying what is wrong where; `where` names the text in messages.
Graph graph_from_json(std::string_view json, const std::string& where);

}  // namespace lithe
