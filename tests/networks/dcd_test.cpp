// Blocks of dynamic convolution decomposition inside whole networks against the equations (Li et al., ICLR 2021):
//   v = flatten(avgpool_mxm(x)); f = Wf v; f <- f * hsig2(Ws f); Phi = reshape(Wphi f, L x L); lambda = hsig2(Wsc f)
//   r = lambda * (W0 x); z = BN1(Q x); z = BN2(Phi z) + z; y = P z + r

#include <gtest/gtest.h>

#include "pipelines/networks/calibrate.h"
#include "pipelines/networks/registry.h"
#include "tests/networks/live_weights.h"
#include "tests/networks/reference.h"

namespace lithe {
namespace {

using reference::Array;

// Cell i of m spans rows floor(i H / m) to ceil((i + 1) H / m) - 1.
Array adaptive_pool(const Array& x, int m) {
  Array y(x.n, x.c, m, m);
  y.each([&](int n, int c, int i, int j) {
    const int top = i * x.h / m, bottom = ((i + 1) * x.h + m - 1) / m;
    const int left = j * x.w / m, right = ((j + 1) * x.w + m - 1) / m;
    for (int h = top; h < bottom; ++h) {
      for (int w = left; w < right; ++w) y(n, c, i, j) += x(n, c, h, w) / ((bottom - top) * (right - left));
    }
  });
  return y;
}

// W v, v flattened channel by channel.
Array product(const Tensor& w, const Array& v) {
  const int inputs = v.c * v.h * v.w;
  Array y(v.n, static_cast<int>(w.dim(0)));
  y.each([&](int n, int o, int, int) {
    for (int i = 0; i < inputs; ++i) y(n, o) += w.at(o, i) * v.values[static_cast<size_t>(n * inputs + i)];
  });
  return y;
}

struct LayerNames {
  std::string w0, q, p;
};

Array dynamic_layer(const Array& x, const Parameters& weights, const std::string& name, const LayerNames& names,
                    int pool, int stride) {
  const auto weight = [&](const std::string& part) { return weights.at(name + "." + part + ".weight"); };
  Array f = product(weight("fc.0"), adaptive_pool(x, pool));
  const Array gate = product(weight("fc.1.fc.0"), f);
  f.each([&](int n, int i, int, int) { f(n, i) *= reference::hsig2(gate(n, i)); });
  const Array phi = product(weight("fc_phi"), f), scale = product(weight("fc_scale"), f);

  Array r = reference::convolution(x, Array(weight(names.w0)), stride);
  r.each([&](int n, int c, int h, int w) {
    if (weights.count(name + "." + names.w0 + ".bias"))
      r(n, c, h, w) += weights.at(name + "." + names.w0 + ".bias").at(c);
    r(n, c, h, w) *= reference::hsig2(scale(n, c));
  });

  const Array z =
      reference::batch_norm(reference::convolution(x, Array(weight(names.q)), stride), weights, name + ".bn1");
  Array mixed(z.n, z.c, z.h, z.w);
  mixed.each([&](int n, int i, int h, int w) {
    for (int j = 0; j < z.c; ++j) mixed(n, i, h, w) += phi(n, i * z.c + j) * z(n, j, h, w);
  });
  mixed = reference::batch_norm(mixed, weights, name + ".bn2");
  for (size_t i = 0; i < z.values.size(); ++i) mixed.values[i] += z.values[i];
  Array y = reference::convolution(mixed, Array(weight(names.p)));
  for (size_t i = 0; i < y.values.size(); ++i) y.values[i] += r.values[i];
  return y;
}

struct LayerCase {
  std::string network, layer, input;  // values of the graph
  LayerNames names;
  int pool, stride;
};

class DcdLayer : public testing::TestWithParam<LayerCase> {};

TEST_P(DcdLayer, EqualsTheEquations) {
  const LayerCase& c = GetParam();
  const Graph graph = build_network(c.network, {{"input_size", "72"}, {"classes", "20"}});
  const Parameters weights = live_weights(graph, 5);
  const Pass pass = forward(graph, weights, {noise_images(2, 3, 72, 72, 6)});
  const Array x(pass.value(graph.find(c.input)));
  const Array expected = dynamic_layer(x, weights, c.layer, c.names, c.pool, c.stride);
  EXPECT_LT(reference::difference(pass.value(graph.find(c.layer)), expected), 1e-5);
}

const LayerNames kResNet = {"conv", "q", "p"}, kMobileNet = {"conv", "conv_q", "conv_p"},
                 kClassifier = {"cls", "cls_q", "cls_p"};
INSTANTIATE_TEST_SUITE_P(
    All, DcdLayer,
    testing::Values(LayerCase{"dcd_resnet18", "layer2.0.conv1", "layer1.1", kResNet, 2, 2},        // 18 x 18 to 9 x 9
                    LayerCase{"dcd_resnet18", "layer2.0.conv2", "layer2.0.relu1", kResNet, 2, 1},  // windows overlap
                    LayerCase{"dcd_resnet18", "classifier.1", "avgpool", kClassifier, 1, 1},
                    LayerCase{"dcd_resnet50", "layer2.0.conv2", "layer2.0.relu1", kResNet, 1, 2},
                    LayerCase{"dcd_mobilenet_v2", "features.4.conv.0", "features.3", kMobileNet, 2, 1},
                    LayerCase{"dcd_mobilenet_v2", "features.4.conv.6", "features.4.conv.5", kMobileNet, 1, 1},
                    LayerCase{"dcd_mobilenet_v2", "classifier.1", "avgpool", kClassifier, 1, 1}));

}  // namespace
}  // namespace lithe
