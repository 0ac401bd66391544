#include "tests/training/reference_network.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace lithe::test {
namespace {

struct Call {
  const Node& node;
  Dims dims;
  std::vector<Array> in;
  Array out;
  bool training;
  double number(const char* name) const { return dims.attribute<double>(name); }
};

template <class Body>
void for_each(Array& y, Body&& body) {
  for (int64_t n = 0; n < y.dim(0); ++n)
    for (int64_t c = 0; c < y.dim(1); ++c)
      for (int64_t h = 0; h < y.dim(2); ++h)
        for (int64_t w = 0; w < y.dim(3); ++w) y(n, c, h, w) = body(n, c, h, w);
}

double relu6(double x) { return std::min(std::max(x, 0.0), 6.0); }

void elementwise(Call& k, const std::function<double(double)>& f) {
  std::transform(k.in[0].values.begin(), k.in[0].values.end(), k.out.values.begin(), f);
}

void conv2d(Call& k) {
  const Dims& d = k.dims;
  Array &x = k.in[0], &w = k.in[1];
  const int64_t per_group = d("O") / d("groups"), inputs = d("I"), kh = d("KH"), kw = d("KW");
  const int64_t height = d("H"), width = d("W"), sh = d("stride_h"), sw = d("stride_w");
  const int64_t ph = d("pad_h"), pw = d("pad_w"), dh = d("dilation_h"), dw = d("dilation_w");
  for_each(k.out, [&](int64_t n, int64_t o, int64_t i, int64_t j) {
    double sum = k.in.size() > 2 && !k.in[2].values.empty() ? k.in[2](o) : 0;
    for (int64_t u = 0; u < kh; ++u) {
      for (int64_t v = 0; v < kw; ++v) {
        const int64_t row = i * sh + u * dh - ph, col = j * sw + v * dw - pw;
        if (row < 0 || row >= height || col < 0 || col >= width) continue;
        for (int64_t c = 0; c < inputs; ++c) sum += w(o, c, u, v) * x(n, o / per_group * inputs + c, row, col);
      }
    }
    return sum;
  });
}

void batch_norm(Call& k) {
  Array& x = k.in[0];
  const double count = static_cast<double>(k.dims("N H W"));
  for (int64_t c = 0; c < x.dim(1); ++c) {
    double mean = k.in[3](c), var = k.in[4](c);
    const auto sum = [&](const std::function<double(double)>& term) {
      double total = 0;
      for (int64_t n = 0; n < x.dim(0); ++n)
        for (int64_t h = 0; h < x.dim(2); ++h)
          for (int64_t w = 0; w < x.dim(3); ++w) total += term(x(n, c, h, w));
      return total;
    };
    if (k.training) {
      mean = sum([](double v) { return v; }) / count;
      var = sum([&](double v) { return (v - mean) * (v - mean); }) / count;
    }
    const double scale = k.in[1](c) / std::sqrt(var + k.number("eps"));
    for (int64_t n = 0; n < x.dim(0); ++n)
      for (int64_t h = 0; h < x.dim(2); ++h)
        for (int64_t w = 0; w < x.dim(3); ++w) k.out(n, c, h, w) = scale * (x(n, c, h, w) - mean) + k.in[2](c);
  }
}

void linear(Call& k) {
  const int64_t inputs = k.dims("I");
  for_each(k.out, [&](int64_t n, int64_t o, int64_t, int64_t) {
    double sum = k.in.size() > 2 && !k.in[2].values.empty() ? k.in[2](o) : 0;
    for (int64_t i = 0; i < inputs; ++i) sum += k.in[1](o, i) * k.in[0].values[static_cast<size_t>(n * inputs + i)];
    return sum;
  });
}

// The mean of rows [i0, i1) and columns [j0, j1).
double mean(Array& x, int64_t n, int64_t c, int64_t i0, int64_t i1, int64_t j0, int64_t j1) {
  double sum = 0;
  for (int64_t i = i0; i < i1; ++i)
    for (int64_t j = j0; j < j1; ++j) sum += x(n, c, i, j);
  return sum / static_cast<double>((i1 - i0) * (j1 - j0));
}

void adaptive_avg_pool(Call& k) {
  const int64_t H = k.dims("H"), W = k.dims("W"), Ho = k.dims("Ho"), Wo = k.dims("Wo");
  for_each(k.out, [&](int64_t n, int64_t c, int64_t h, int64_t w) {
    return mean(k.in[0], n, c, h * H / Ho, ((h + 1) * H + Ho - 1) / Ho, w * W / Wo, ((w + 1) * W + Wo - 1) / Wo);
  });
}

void max_pool(Call& k) {
  const Dims& d = k.dims;
  const int64_t kh = d("kernel_h"), kw = d("kernel_w"), sh = d("stride_h"), sw = d("stride_w");
  const int64_t ph = d("pad_h"), pw = d("pad_w"), height = d("H"), width = d("W");
  for_each(k.out, [&](int64_t n, int64_t c, int64_t h, int64_t w) {
    double most = -INFINITY;
    for (int64_t u = 0; u < kh; ++u) {
      for (int64_t v = 0; v < kw; ++v) {
        const int64_t row = h * sh + u - ph, col = w * sw + v - pw;
        if (row >= 0 && row < height && col >= 0 && col < width) most = std::max(most, k.in[0](n, c, row, col));
      }
    }
    return most;
  });
}

void softmax(Call& k) {
  for_each(k.out, [&](int64_t n, int64_t c, int64_t h, int64_t w) {
    double sum = 0;
    for (int64_t i = 0; i < k.in[0].dim(1); ++i) sum += std::exp(k.in[0](n, i, h, w) - k.in[0](n, c, h, w));
    return 1 / sum;
  });
}

void shift_max(Call& k) {
  const int64_t C = k.dims("C"), G = k.dims("groups"), J = k.dims("J"), K = k.dims("K"), size = C / G;
  for_each(k.out, [&](int64_t n, int64_t c, int64_t h, int64_t w) {
    const int64_t shifted = (c / size + 1) % G * size + (c % size + 1) % size;
    double most = -INFINITY;
    for (int64_t b = 0; b < K; ++b) {
      double sum = k.in[1](n, b, 0, c) * k.in[0](n, c, h, w);
      if (J > 1) sum += k.in[1](n, b, 1, c) * k.in[0](n, shifted, h, w);
      most = std::max(most, sum);
    }
    return most;
  });
}

void coefficients(Call& k) {
  const auto& offsets = k.dims.attribute<std::vector<double>>("offsets");
  for_each(k.out, [&](int64_t n, int64_t b, int64_t j, int64_t c) {
    const int64_t set = b * k.dims("J") + j;
    return (relu6(k.in[0](n, set * k.dims("C") + c) + 3) / 6 - 0.5) * k.number("range") +
           offsets[static_cast<size_t>(set)];
  });
}

void phi_product(Call& k) {
  const int64_t L = k.dims("L");
  for_each(k.out, [&](int64_t n, int64_t i, int64_t h, int64_t w) {
    double sum = 0;
    for (int64_t j = 0; j < L; ++j) sum += k.in[1](n, i * L + j) * k.in[0](n, j, h, w);
    return sum;
  });
}

void dynamic_residual(Call& k) {
  const int64_t stride = k.dims("stride"), kernels = k.dims("K"), channels = k.dims("C");
  for_each(k.out, [&](int64_t n, int64_t o, int64_t h, int64_t w) {
    double sum = 0;
    for (int64_t e = 0; e < kernels; ++e) {
      double one = 0;
      for (int64_t c = 0; c < channels; ++c)
        one += k.in[static_cast<size_t>(2 + e)](o, c) * k.in[0](n, c, h * stride, w * stride);
      sum += k.in[1](n, e) * one;
    }
    return sum;
  });
}

void larger_head(Call& k) {
  const auto most = [&](Array& head, int64_t n) {
    double value = -INFINITY;
    for (int64_t c = 0; c < head.dim(1); ++c) value = std::max(value, head(n, c));
    return value;
  };
  for_each(k.out, [&](int64_t n, int64_t c, int64_t, int64_t) {
    return k.in[most(k.in[0], n) < most(k.in[1], n) ? 1 : 0](n, c);
  });
}

const std::map<std::string, void (*)(Call&)>& loops() {
  static const std::map<std::string, void (*)(Call&)> all{
      {"conv2d", conv2d},
      {"batch_norm", batch_norm},
      {"linear", linear},
      {"adaptive_avg_pool", adaptive_avg_pool},
      {"max_pool", max_pool},
      {"softmax", softmax},
      {"dynamic_shift_max", shift_max},
      {"shift_max_coefficients", coefficients},
      {"phi_product", phi_product},
      {"dynamic_residual", dynamic_residual},
      {"larger_head", larger_head},
      {"flatten", [](Call& k) { k.out.values = k.in[0].values; }},
      {"dropout", [](Call& k) { k.out.values = k.in[0].values; }},
      {"relu", [](Call& k) { elementwise(k, [](double x) { return std::max(x, 0.0); }); }},
      {"relu6", [](Call& k) { elementwise(k, relu6); }},
      {"tanh", [](Call& k) { elementwise(k, [](double x) { return std::tanh(x); }); }},
      {"leaky_relu", [](Call& k) { elementwise(k, [&](double x) { return x > 0 ? x : k.number("slope") * x; }); }},
      {"hard_swish", [](Call& k) { elementwise(k, [](double x) { return x * relu6(x + 3) / 6; }); }},
      {"hard_sigmoid", [](Call& k) { elementwise(k, [&](double x) { return k.number("scale") * relu6(x + 3) / 6; }); }},
      {"add",
       [](Call& k) {
         for (size_t i = 0; i < k.out.values.size(); ++i) k.out.values[i] = k.in[0].values[i] + k.in[1].values[i];
       }},
      {"multiply",
       [](Call& k) {
         const bool same = k.in[1].values.size() == k.out.values.size();
         for_each(k.out, [&](int64_t n, int64_t c, int64_t h, int64_t w) {
           return k.in[0](n, c, h, w) * (same ? k.in[1](n, c, h, w) : k.in[1](n, c));
         });
       }},
      {"channel_scale",
       [](Call& k) {
         for_each(k.out,
                  [&](int64_t n, int64_t c, int64_t h, int64_t w) { return k.in[0](n, c, h, w) * k.in[1](n, c); });
       }},
      {"channel_permute",
       [](Call& k) {
         const auto& index = k.dims.attribute<std::vector<int64_t>>("index");
         for_each(k.out, [&](int64_t n, int64_t c, int64_t h, int64_t w) {
           return k.in[0](n, index[static_cast<size_t>(c)], h, w);
         });
       }},
      {"global_avg_pool",
       [](Call& k) {
         for_each(k.out, [&](int64_t n, int64_t c, int64_t, int64_t) {
           return mean(k.in[0], n, c, 0, k.in[0].dim(2), 0, k.in[0].dim(3));
         });
       }},
  };
  return all;
}

}  // namespace

Array::Array(const Tensor& t) : Array(t.shape()) {
  const Tensor rows = t.contiguous();
  std::copy_n(rows.data(), rows.size(), values.begin());
}

std::vector<Array> run_reference(const Graph& graph, const std::map<std::string, Array>& given, bool training) {
  std::vector<Shape> inputs;
  for (const ValueId id : graph.inputs) inputs.push_back(given.at(graph.value(id).name).shape);
  const std::vector<Shape> shapes = infer_shapes(graph, inputs);
  std::vector<Array> values(graph.values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const auto it = given.find(graph.values[i].name);
    if (it != given.end()) values[i] = it->second;
  }
  for (const Node& node : graph.nodes) {
    Call call{node, bind_dims(node, shapes), {}, Array(shapes[static_cast<size_t>(node.outputs[0])]), training};
    for (const ValueId id : node.inputs) call.in.push_back(id == kNoValue ? Array() : values[static_cast<size_t>(id)]);
    loops().at(node.op->name())(call);
    values[static_cast<size_t>(node.outputs[0])] = std::move(call.out);
  }
  std::vector<Array> outputs;
  for (const ValueId id : graph.outputs) outputs.push_back(values[static_cast<size_t>(id)]);
  return outputs;
}

}  // namespace lithe::test
