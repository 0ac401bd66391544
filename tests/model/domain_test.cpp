#include "pipelines/model/domain.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "pipelines/core/file.h"
#include "pipelines/core/random.h"
#include "pipelines/graph/session.h"
#include "pipelines/networks/calibrate.h"
#include "pipelines/networks/registry.h"
#include "tests/cli/program.h"

namespace lithe {
namespace {

using testing::HasSubstr;

using Options = std::map<std::string, std::string>;

Model seeded_model(const std::string& network, const Options& options) {
  Model model;
  model.network = network, model.options = options;
  model.graph = build_network(network, options);
  model.parameters = seeded_parameters(model.graph, 3);
  model.hash = model_hash(model.graph, model.parameters);
  return model;
}

// The backbone for 3 classes, with adapters that do something and BatchNorms of their own.
Model adapted_model(const Model& backbone, const std::vector<AdapterPlace>& places,
                    const std::map<std::string, AdapterRanks>& ranks) {
  Model model = backbone;
  model.options["classes"] = "3";
  model.labels = {"one", "two", "three"};
  const Graph plain = build_network(backbone.network, model.options);
  model.graph = with_adapters(plain, places, ranks);
  model.parameters = initial_parameters(model.graph, 4);
  for (auto& [name, tensor] : model.parameters) {
    const RandomStream random(5, name);
    const auto there = backbone.parameters.find(name);
    if (there != backbone.parameters.end() && there->second.shape() == tensor.shape()) tensor = there->second.clone();
    const bool is_norm = name.find("running") != std::string::npos || tensor.rank() == 1;
    const bool is_adapter = name.find("adapter") != std::string::npos;
    for (int64_t i = 0; i < tensor.size(); ++i) {
      float& value = tensor.data()[i];
      const double z = random.normal(static_cast<uint64_t>(i));
      if (is_adapter && !is_norm) value = static_cast<float>(0.3 * z / std::sqrt(tensor.dim(1)));
      if (is_norm) value = static_cast<float>(value * (1 + 0.1 * std::abs(z)) + 0.02 * std::abs(z));
    }
  }
  return model;
}

Tensor logits(const Model& model, const Tensor& images) {
  return forward(model.graph, model.parameters, {images}).output();
}

struct Case {
  std::string network;
  Options options;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.network; }

class Folding : public testing::TestWithParam<Case> {
 protected:
  const test::Folder folder_;
};

TEST_P(Folding, GivesTheBackboneThatComputesTheSame) {
  const Model backbone = seeded_model(GetParam().network, GetParam().options);
  const std::vector<AdapterPlace> places = adapter_places(backbone.graph);
  std::map<std::string, AdapterRanks> ranks;
  for (size_t i = 0; i < places.size(); ++i)
    ranks[places[i].name] = i % 2 == 0 ? AdapterRanks{1, 2} : AdapterRanks{3, 2};
  const Shape image = input_shapes(backbone.graph, 1).at(0);
  const Tensor images = noise_images(2, 3, image[2], image[3], 6);
  for (const auto& low_rank : {ranks, std::map<std::string, AdapterRanks>{}}) {
    const Model adapted = adapted_model(backbone, places, low_rank);
    Domain domain = domain_of("small", backbone, adapted, places);
    domain.method = "covnorm";
    save_domain(domain, folder_ / "domains/small.safetensors");
    const Model folded = in_domain(backbone, read_domain(domain_file(folder_ / "backbone.safetensors", "small")));
    EXPECT_EQ(folded.graph.nodes.size(), backbone.graph.nodes.size());
    EXPECT_EQ(folded.labels.size(), 3u);
    EXPECT_LT(relative_difference(logits(folded, images), logits(adapted, images)), 1e-5);
    EXPECT_GT(relative_difference(logits(folded, images), logits(adapted_model(backbone, places, {}), images)),
              low_rank.empty() ? -1 : 1e-3)
        << "the adapters do something";
  }
}

INSTANTIATE_TEST_SUITE_P(Backbones, Folding,
                         testing::Values(Case{"resnet8", {}},
                                         Case{"resnet26", {{"width", "0.25"}, {"input_size", "32"}}},
                                         Case{"mobilenet_v2", {{"width", "0.35"}, {"input_size", "64"}}},
                                         Case{"micronet_m0", {{"input_size", "64"}}},
                                         Case{"vgg16", {{"width", "0.05"}, {"input_size", "64"}}}),
                         [](const auto& test) { return test.param.network; });

TEST(Domain, HoldsOnlyWhatItChanges) {
  const test::Folder folder;
  const Model backbone = seeded_model("resnet8", {{"classes", "3"}});
  Model adapted = backbone;
  EXPECT_TRUE(domain_of("same", backbone, adapted, {}).tensors.empty());
  adapted.parameters["fc.bias"] = Tensor::filled({3}, 1);
  const Domain other = domain_of("other", backbone, adapted, {});
  EXPECT_EQ(other.tensors.size(), 1u);
  EXPECT_EQ(added_parameters(other), 0) << "a classifier is not counted";
  const Tensor images = noise_images(1, 3, 32, 32, 1);
  EXPECT_EQ(relative_difference(logits(in_domain(backbone, other), images), logits(adapted, images)), 0);
}

std::string failure(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

// A file may hold anything: nothing is read beyond what it has.
TEST(Domain, ChecksShapesOfWhatItReads) {
  const Model backbone = seeded_model("resnet8", {});
  const std::string weight = "layer1.0.conv1.weight";
  const auto message = [&](std::map<std::string, Tensor> tensors) {
    Domain domain = domain_of("hostile", backbone, backbone, {});
    for (auto& [name, tensor] : tensors) domain.tensors[weight + name] = tensor;
    return failure([&] { in_domain(backbone, domain); });
  };
  EXPECT_EQ(message({{".up", Tensor({16, 2})}, {".down", Tensor({2, 16})}}), "no error");
  EXPECT_THAT(message({{".up", Tensor({16, 2})}, {".down", Tensor({1, 16})}}), HasSubstr(".down has shape"));
  EXPECT_THAT(message({{".up", Tensor({8, 2})}, {".down", Tensor({2, 16})}}), HasSubstr(".up has shape"));
  EXPECT_THAT(message({{".up", Tensor({32})}, {".down", Tensor({2, 16})}}), HasSubstr(".up has shape"));
  EXPECT_THAT(message({{".up", Tensor({16, 2})}}), HasSubstr(".up without .down"));
  EXPECT_THAT(message({{".full", Tensor({16, 4})}}), HasSubstr(".full has shape"));
  EXPECT_THAT(message({{".scale", Tensor({3})}}), HasSubstr(".scale has shape"));
  EXPECT_THAT(message({{"", Tensor({4, 4, 3, 3})}, {".full", Tensor({16, 16})}}), HasSubstr(weight));
}

TEST(Domain, SaysWhatIsWrong) {
  const test::Folder folder;
  const Model backbone = seeded_model("resnet8", {}), stranger = seeded_model("resnet8", {{"width", "0.5"}});
  save_model(backbone, folder / "backbone.safetensors");
  save_domain(domain_of("digits", backbone, backbone, {}), folder / "domains/digits.safetensors");
  EXPECT_THAT(failure([&] { in_domain(stranger, read_domain(folder / "domains/digits.safetensors")); }),
              HasSubstr("digits: this domain belongs to another backbone"));
  ModelRequest request;
  request.model = folder / "backbone.safetensors", request.domain = "digit";
  EXPECT_THAT(failure([&] { load_model(request); }), HasSubstr("did you mean \"digits\"?"));
  EXPECT_THAT(failure([&] { read_domain(folder / "backbone.safetensors"); }), HasSubstr("lithe.domain"));
  request.domain = "digits";
  EXPECT_EQ(load_model(request).hash, backbone.hash);
}

}  // namespace
}  // namespace lithe
