// Names and shapes of all tensors against the state_dict of an independent implementation (data/tensors.txt).

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "pipelines/networks/registry.h"

namespace lithe {
namespace {

using Names = std::map<std::string, std::string>;  // name -> shape as text

std::map<std::string, Names> expected_names() {
  std::ifstream file(LITHE_SOURCE_DIR "/tests/networks/data/tensors.txt");
  std::map<std::string, Names> all;
  std::string network;
  for (std::string line; std::getline(file, line);) {
    if (line[0] == '#') continue;
    if (line[0] == '[') {
      network = line.substr(1, line.size() - 2);
      continue;
    }
    std::istringstream words(line);
    std::string name, kind, length;
    words >> name >> kind >> length;
    if (kind == "bn") {
      for (const char* part : {".weight", ".bias", ".running_mean", ".running_var"}) all[network][name + part] = length;
    } else {
      all[network][name] = kind;
    }
  }
  return all;
}

Names names_of(const Graph& graph) {
  Names names;
  for (const ValueId id : graph.state()) names[graph.value(id).name] = to_string(graph.value(id).shape);
  return names;
}

TEST(Names, ArePublishedOnes) {
  const std::map<std::string, Names> all = expected_names();
  ASSERT_EQ(all.size(), 12u);
  for (const auto& [network, expected] : all) {
    const Names ours = names_of(build_network(network));
    for (const auto& [name, shape] : expected) {
      const auto it = ours.find(name);
      ASSERT_NE(it, ours.end()) << network << " lacks " << name;
      EXPECT_EQ(it->second, shape) << network << " " << name;
    }
    for (const auto& entry : ours) EXPECT_TRUE(expected.count(entry.first)) << network << ": extra " << entry.first;
  }
}

TEST(Names, MicroNetTensorNumbers) {
  // Parameters and batch norm buffers (three each) of the released checkpoints.
  for (const auto& [name, parameters, buffers] :
       {std::tuple("micronet_m0", 140, 78), std::tuple("micronet_m1", 140, 78), std::tuple("micronet_m2", 188, 102),
        std::tuple("micronet_m3", 184, 138)}) {
    int ours = 0, statistics = 0;
    for (const Value& value : build_network(name).values) {
      ours += value.kind == ValueKind::kParameter;
      statistics += value.kind == ValueKind::kStatistic;
    }
    EXPECT_EQ(ours, parameters) << name;
    EXPECT_EQ(statistics / 2 * 3, buffers) << name;
  }
}

}  // namespace
}  // namespace lithe
