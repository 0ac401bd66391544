#include "pipelines/networks/calibrate.h"

#include <algorithm>
#include <cmath>

#include "pipelines/core/random.h"
#include "pipelines/graph/session.h"

namespace lithe {
namespace {

// Found by comparing all networks in float32 and float64 at 224 x 224, where outputs now agree to about 1e-5. With
// gains of 1 they differed by 0.5 for MicroNet-M2 and overflowed for DCD-ResNet-18; 0.2 for coefficients still lets
// MicroNet's features and coefficients drive each other up on some images.
constexpr int64_t kImages = 8;
constexpr double kCoefficientGain = 0.1;  // root mean square of what a linear layer emits; logits have 1
constexpr double kBranchGain = 0.2;       // of a batch norm that ends a residual branch

struct Moments {
  std::vector<double> mean, variance;  // per channel
};

Moments moments(const Tensor& x) {
  const auto extent = [&](size_t d) { return d < x.shape().size() ? x.shape()[d] : 1; };
  const auto channels = static_cast<size_t>(extent(1));
  const auto stride = [&](size_t d) { return d < x.strides().size() ? x.strides()[d] : 0; };
  std::vector<double> sum(channels), squares(channels);
  for (int64_t n = 0; n < extent(0); ++n) {
    for (int64_t h = 0; h < extent(2); ++h) {
      for (int64_t w = 0; w < extent(3); ++w) {
        const float* pixel = x.data() + n * stride(0) + h * stride(2) + w * stride(3);
        for (size_t c = 0; c < channels; ++c) {
          const double v = pixel[static_cast<int64_t>(c) * stride(1)];
          sum[c] += v, squares[c] += v * v;
        }
      }
    }
  }
  const double count = static_cast<double>(x.size()) / static_cast<double>(channels);
  Moments m{sum, squares};
  for (size_t c = 0; c < channels; ++c) {
    m.mean[c] /= count;
    m.variance[c] = std::max(0.0, m.variance[c] / count - m.mean[c] * m.mean[c]);
  }
  return m;
}

double average(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return sum / static_cast<double>(values.size());
}

double average_square(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v * v;
  return sum / static_cast<double>(values.size());
}

// Batch norm takes its statistics from its input. Pooled features differ little between images, and a few of them say
// little about one channel: without the two added terms such a batch norm would amplify rounding errors.
void set_statistics(const Tensor& x, const Tensor& mean, const Tensor& variance) {
  const Moments m = moments(x);
  const double floor = 0.1 * (average(m.variance) + average_square(m.mean));
  for (size_t c = 0; c < m.mean.size(); ++c) {
    mean.data()[c] = static_cast<float>(m.mean[c]);
    variance.data()[c] = static_cast<float>(m.variance[c] + floor);
  }
}

double root_mean_square(const Tensor& x) {
  const Moments m = moments(x);
  return std::sqrt(average(m.variance) + average_square(m.mean));
}

void scale(const Tensor& x, double factor) {
  for (int64_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(factor * x.data()[i]);
}

// A branch contributes a little to its sum, as in trained networks; otherwise errors, and in DCD's latent path (cubic
// in the image) the values too, grow from block to block.
void damp_branches(const Graph& graph, const Parameters& parameters) {
  std::vector<const Node*> producers(graph.values.size());
  for (const Node& node : graph.nodes) {
    for (const ValueId id : node.outputs) producers[static_cast<size_t>(id)] = &node;
    if (node.op->name() != "add") continue;
    const Node* branch = producers[static_cast<size_t>(node.inputs[0])];
    if (branch != nullptr && branch->op->name() == "batch_norm") {
      scale(parameters.at(graph.value(branch->inputs[1]).name), kBranchGain);
    }
  }
}

// Whether a layer with weights depends on a value: not so for logits.
std::vector<bool> feeds_weights(const Graph& graph) {
  std::vector<bool> feeds(graph.values.size());
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    bool weights = feeds[static_cast<size_t>(node->outputs[0])];
    for (const ValueId id : node->inputs) weights |= id != kNoValue && graph.value(id).is_state();
    for (const ValueId id : node->inputs) {
      if (id != kNoValue && weights) feeds[static_cast<size_t>(id)] = true;
    }
  }
  return feeds;
}

// The node after which a value is no longer needed.
std::vector<size_t> last_uses(const Graph& graph) {
  std::vector<size_t> last(graph.values.size(), graph.nodes.size());
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const ValueId id : graph.nodes[i].inputs) {
      if (id != kNoValue) last[static_cast<size_t>(id)] = i;
    }
  }
  return last;
}

// Adds a grid of cells x cells random numbers, interpolated bilinearly.
void add_octave(const RandomStream& random, int64_t plane, int64_t cells, double amplitude, float* pixels,
                int64_t height, int64_t width) {
  std::vector<double> nodes;
  for (int64_t row = 0; row <= cells; ++row) {
    for (int64_t column = 0; column <= cells; ++column) {
      nodes.push_back(random.normal(static_cast<uint64_t>(((plane * 128 + cells) * 128 + row) * 128 + column)));
    }
  }
  const auto node = [&](int64_t row, int64_t column) { return nodes[static_cast<size_t>(row * (cells + 1) + column)]; };
  for (int64_t y = 0; y < height; ++y) {
    const double position = static_cast<double>(y * cells) / static_cast<double>(height);
    const auto row = static_cast<int64_t>(position);
    const double v = position - static_cast<double>(row);
    for (int64_t column = 0; column < cells; ++column) {
      const double left = (1 - v) * node(row, column) + v * node(row + 1, column);
      const double right = (1 - v) * node(row, column + 1) + v * node(row + 1, column + 1);
      const int64_t first = (column * width + cells - 1) / cells, end = ((column + 1) * width + cells - 1) / cells;
      for (int64_t x = first; x < end; ++x) {
        const double u = static_cast<double>(x * cells) / static_cast<double>(width) - static_cast<double>(column);
        pixels[y * width + x] += static_cast<float>(amplitude * ((1 - u) * left + u * right));
      }
    }
  }
}

void standardise(const Tensor& image) {
  const double count = static_cast<double>(image.size());
  double sum = 0, squares = 0;
  for (int64_t i = 0; i < image.size(); ++i) {
    const double v = image.data()[i];
    sum += v, squares += v * v;
  }
  const double mean = sum / count, deviation = std::sqrt(std::max(1e-12, squares / count - mean * mean));
  for (int64_t i = 0; i < image.size(); ++i) {
    image.data()[i] = static_cast<float>((image.data()[i] - mean) / deviation);
  }
}

}  // namespace

Tensor noise_images(int64_t count, int64_t channels, int64_t height, int64_t width, uint64_t seed) {
  const RandomStream random(seed, "noise_images");
  Tensor images = Tensor::filled({count, channels, height, width}, 0);
  for (int64_t plane = 0; plane < count * channels; ++plane) {
    double amplitude = 1;
    for (int64_t cells = 4; cells <= 64; cells *= 2, amplitude *= 0.6) {  // the finer the fainter, as in photographs
      add_octave(random, plane, cells, amplitude, images.data() + plane * height * width, height, width);
    }
  }
  for (int64_t n = 0; n < count; ++n) standardise(images.images(n, 1));
  return images;
}

Parameters seeded_parameters(const Graph& graph, uint64_t seed) {
  LITHE_CHECK(graph.inputs.size() == 1 && graph.value(graph.inputs[0]).shape.size() == 4);
  const Parameters parameters = initial_parameters(graph, seed);
  damp_branches(graph, parameters);
  std::vector<Tensor> values(graph.values.size());
  for (const ValueId id : graph.state()) values[static_cast<size_t>(id)] = parameters.at(graph.value(id).name);
  const Shape& image = graph.value(graph.inputs[0]).shape;
  values[static_cast<size_t>(graph.inputs[0])] = noise_images(kImages, image[1], image[2], image[3], seed);

  const std::vector<bool> feeds = feeds_weights(graph);
  const std::vector<size_t> last = last_uses(graph);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    std::vector<Tensor> inputs;
    for (const ValueId id : node.inputs) inputs.push_back(id == kNoValue ? Tensor() : values[static_cast<size_t>(id)]);
    if (node.op->name() == "batch_norm") set_statistics(inputs.at(0), inputs.at(3), inputs.at(4));
    std::vector<Tensor> outputs = run_node(node, inputs);
    if (node.op->name() == "linear") {
      const double gain = feeds[static_cast<size_t>(node.outputs[0])] ? kCoefficientGain : 1;
      const double emitted = root_mean_square(outputs[0]);
      for (size_t k = 1; k < inputs.size() && emitted > 0; ++k) scale(inputs[k], gain / emitted);
      outputs = run_node(node, inputs);
    }
    for (size_t k = 0; k < outputs.size(); ++k) values[static_cast<size_t>(node.outputs[k])] = outputs[k];
    for (const ValueId id : node.inputs) {
      if (id != kNoValue && last[static_cast<size_t>(id)] == i) values[static_cast<size_t>(id)] = Tensor();
    }
  }
  return parameters;
}

}  // namespace lithe
