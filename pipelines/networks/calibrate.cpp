#include "pipelines/networks/calibrate.h"

#include <algorithm>
#include <cmath>

#include "pipelines/core/random.h"
#include "pipelines/graph/session.h"

namespace lithe {
namespace {

constexpr int64_t kImages = 4;

struct Moments {
  std::vector<double> mean, variance;  // per channel
};

Moments moments(const Tensor& x) {
  const auto extent = [&](size_t d) { return d < x.shape().size() ? x.shape()[d] : 1; };
  const auto channels = static_cast<size_t>(extent(1));
  std::vector<double> sum(channels), squares(channels);
  for (int64_t n = 0; n < extent(0); ++n) {
    for (int64_t h = 0; h < extent(2); ++h) {
      for (int64_t w = 0; w < extent(3); ++w) {
        for (size_t c = 0; c < channels; ++c) {
          const double v = x.at(n, static_cast<int64_t>(c), h, w);
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

// Batch norm takes its statistics from its input. Pooled features differ little between images, and four of them say
// little about one channel: without the two added terms such a batch norm would amplify rounding errors a thousandfold.
void set_statistics(const Tensor& x, const Tensor& mean, const Tensor& variance) {
  const Moments m = moments(x);
  double square_of_means = 0;
  for (const double v : m.mean) square_of_means += v * v / static_cast<double>(m.mean.size());
  const double floor = 0.1 * average(m.variance) + 0.01 * square_of_means;
  for (size_t c = 0; c < m.mean.size(); ++c) {
    mean.data()[c] = static_cast<float>(m.mean[c]);
    variance.data()[c] = static_cast<float>(m.variance[c] + floor);
  }
}

double mean_square(const Tensor& x) {
  const Moments m = moments(x);
  double sum = 0;
  for (size_t c = 0; c < m.mean.size(); ++c) sum += m.variance[c] + m.mean[c] * m.mean[c];
  return sum / static_cast<double>(m.mean.size());
}

void scale(const Tensor& x, double factor) {
  for (int64_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(factor * x.data()[i]);
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

}  // namespace

Tensor noise_images(int64_t count, int64_t channels, int64_t height, int64_t width, uint64_t seed) {
  // Octaves of bilinearly interpolated grids; the finer the fainter, as in photographs.
  const RandomStream random(seed, "noise_images");
  Tensor images = Tensor::filled({count, channels, height, width}, 0);
  for (int64_t plane = 0; plane < count * channels; ++plane) {
    float* pixels = images.data() + plane * height * width;
    double amplitude = 1;
    for (int64_t cells = 2; cells <= 64; cells *= 2, amplitude *= 0.6) {
      const auto node = [&](int64_t row, int64_t column) {
        return random.normal(static_cast<uint64_t>(((plane * 128 + cells) * 128 + row) * 128 + column));
      };
      for (int64_t y = 0; y < height; ++y) {
        const double fy = static_cast<double>(y * cells) / static_cast<double>(height);
        const auto row = static_cast<int64_t>(fy);
        const double v = fy - static_cast<double>(row);
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
  }
  return images;
}

Parameters seeded_parameters(const Graph& graph, uint64_t seed) {
  LITHE_CHECK(graph.inputs.size() == 1 && graph.value(graph.inputs[0]).shape.size() == 4);
  Parameters parameters = initial_parameters(graph, seed);
  std::vector<Tensor> values(graph.values.size());
  for (const ValueId id : graph.state()) values[static_cast<size_t>(id)] = parameters.at(graph.value(id).name);
  const Shape& image = graph.value(graph.inputs[0]).shape;
  values[static_cast<size_t>(graph.inputs[0])] = noise_images(kImages, image[1], image[2], image[3], seed);

  const std::vector<size_t> last = last_uses(graph);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    std::vector<Tensor> inputs;
    for (const ValueId id : node.inputs) inputs.push_back(id == kNoValue ? Tensor() : values[static_cast<size_t>(id)]);
    if (node.op->name() == "batch_norm") set_statistics(inputs.at(0), inputs.at(3), inputs.at(4));
    std::vector<Tensor> outputs = run_node(node, inputs);
    if (node.op->name() == "linear") {
      const double square = mean_square(outputs[0]);
      for (size_t k = 1; k < inputs.size() && square > 0; ++k) scale(inputs[k], 1 / std::sqrt(square));
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
