#pragma once
// The layers that the networks share. Each writes its nodes under `name`, with the tensor names of PyTorch's modules
// (`weight`, `bias`, `running_mean`, ...), and returns its result, which is named `name`.

#include <cstdint>
#include <string>

#include "pipelines/graph/graph.h"
#include "pipelines/networks/registry.h"

namespace lithe {

/// An image of `--set input_size`, named "input": 1 3 S S.
ValueId image_input(GraphBuilder& g, const NetworkOptions& o);
/// `--set stem_stride`, `--set first_stride`: 1 keeps small images (32 x 32) twice as large from the first layer, or
/// from the first block with a stride, on.
void add_stride_options(std::vector<NetworkOption>* options);
int64_t stem_stride(const NetworkOptions& o);
int64_t first_stride(const NetworkOptions& o);
/// The options that every network has, with its defaults.
std::vector<NetworkOption> common_options(const std::string& classes, const std::string& dropout,
                                          const std::string& input_size = "224");
int64_t class_count(const NetworkOptions& o);
double dropout_rate(const NetworkOptions& o);

/// Without bias, padded by half the kernel; starts as normal(0, sqrt(2 / (KH KW O))).
struct Conv {
  int64_t out;
  int64_t kernel_h = 1, kernel_w = 1;
  int64_t stride_h = 1, stride_w = 1;
  int64_t groups = 1;
};
Conv square(int64_t out, int64_t kernel, int64_t stride = 1, int64_t groups = 1);
ValueId conv(GraphBuilder& g, const std::string& name, ValueId x, const Conv& c);

ValueId batch_norm(GraphBuilder& g, const std::string& name, ValueId x, Init gamma = Init::constant(1));

/// How a linear layer of I inputs starts.
enum class Start {
  kNormal,      // weight normal(0, 0.01), bias 0
  kNormalBoth,  // weight and bias normal(0, 0.01)
  kFramework,   // PyTorch's default, uniform within 1/sqrt(I); here the normal of the same variance 1/(3 I)
};
/// x: N C H W, flattened, or N C -> N out.
ValueId linear(GraphBuilder& g, const std::string& name, ValueId x, int64_t out, Start start, bool bias = true);

/// The multiple of `step` nearest to `v` (halves go up), at least `step` and at least 0.9 v.
int64_t round_channels(double v, int64_t step);

}  // namespace lithe
