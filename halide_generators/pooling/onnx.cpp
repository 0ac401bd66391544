#include "pipelines/graph/onnx_rule.h"

namespace lithe {
namespace {

Attributes window(const Dims& d) {
  Attributes result{{"kernel_shape", std::vector<int64_t>{d("kernel_h"), d("kernel_w")}},
                    {"strides", std::vector<int64_t>{d("stride_h"), d("stride_w")}},
                    {"pads", std::vector<int64_t>{d("pad_h"), d("pad_w"), d("pad_h"), d("pad_w")}}};
  if (d("ceil_mode") != 0) result["ceil_mode"] = int64_t{1};
  return result;
}

// Row i holds the mean over the i-th of `cells` cells of `extent` pixels.
Tensor means(int64_t cells, int64_t extent) {
  Tensor rows = Tensor::filled({cells, extent}, 0.0f);
  for (int64_t i = 0; i < cells; ++i) {
    const int64_t begin = i * extent / cells, end = ((i + 1) * extent + cells - 1) / cells;
    for (int64_t x = begin; x < end; ++x) rows.at(i, x) = 1.0f / static_cast<float>(end - begin);
  }
  return rows;
}

Tensor transposed(const Tensor& x) {
  Tensor y({x.dim(1), x.dim(0)});
  for (int64_t i = 0; i < x.dim(0); ++i) {
    for (int64_t j = 0; j < x.dim(1); ++j) y.at(j, i) = x.at(i, j);
  }
  return y;
}

}  // namespace

LITHE_ONNX_RULE(max_pool,
                [](OnnxWriter& w, const OnnxCall& c) { return w.op("MaxPool", {c.inputs[0]}, window(c.dims)); });

LITHE_ONNX_RULE(avg_pool, [](OnnxWriter& w, const OnnxCall& c) {
  Attributes attributes = window(c.dims);
  attributes["count_include_pad"] = c.dims("count_include_pad");
  return w.op("AveragePool", {c.inputs[0]}, attributes);
});

LITHE_ONNX_RULE(global_avg_pool, [](OnnxWriter& w, const OnnxCall& c) {
  if (c.shapes[0].size() == 2) return c.inputs[0];
  const int64_t channels = c.dims("C");
  return w.reshape(w.op("GlobalAveragePool", {c.inputs[0]}), {0, channels, 1, 1}, {0, channels});
});

LITHE_ONNX_RULE(adaptive_avg_pool, [](OnnxWriter& w, const OnnxCall& c) {
  const Dims& d = c.dims;
  const int64_t h = d("H"), w_in = d("W"), rows = d("out_h"), columns = d("out_w");
  if (rows == 1 && columns == 1) return w.op("GlobalAveragePool", {c.inputs[0]});
  // Cells of one size at one distance are a pooling; others take a product with the matrix of means.
  if (h % rows == 0 && w_in % columns == 0) {
    const std::vector<int64_t> cell{h / rows, w_in / columns};
    return w.op("AveragePool", {c.inputs[0]}, {{"kernel_shape", cell}, {"strides", cell}});
  }
  return w.separable(c.inputs[0], means(rows, h), transposed(means(columns, w_in)));
});

}  // namespace lithe
