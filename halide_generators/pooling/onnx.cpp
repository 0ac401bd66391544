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

// The pixels [begin, end) of cell i of `cells` over `extent`.
struct Cell {
  Cell(int64_t i, int64_t cells, int64_t extent)
      : begin(i * extent / cells), end(((i + 1) * extent + cells - 1) / cells) {}
  int64_t begin, end;
};

// Whether all cells have the size of the first and one distance, as the windows of a pooling.
bool is_regular(int64_t cells, int64_t extent) {
  const Cell first(0, cells, extent), second(1 % cells, cells, extent);
  for (int64_t i = 0; i < cells; ++i) {
    const Cell cell(i, cells, extent);
    if (cell.end - cell.begin != first.end || cell.begin != i * second.begin) return false;
  }
  return true;
}

// extent x cells: column i takes the mean of cell i.
Tensor means(int64_t cells, int64_t extent) {
  Tensor matrix = Tensor::filled({extent, cells}, 0.0f);
  for (int64_t i = 0; i < cells; ++i) {
    const Cell cell(i, cells, extent);
    for (int64_t x = cell.begin; x < cell.end; ++x) matrix.at(x, i) = 1.0f / static_cast<float>(cell.end - cell.begin);
  }
  return matrix;
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
  const int64_t rows = d("out_h"), columns = d("out_w");
  if (rows == 1 && columns == 1) return w.op("GlobalAveragePool", {c.inputs[0]});
  if (!is_regular(rows, d("H")) || !is_regular(columns, d("W"))) {
    return w.separable(c.inputs[0], means(rows, d("H")), means(columns, d("W")));
  }
  const Cell down(0, rows, d("H")), right(0, columns, d("W"));
  const int64_t stride_h = rows > 1 ? Cell(1, rows, d("H")).begin : 1;
  const int64_t stride_w = columns > 1 ? Cell(1, columns, d("W")).begin : 1;
  return w.op("AveragePool", {c.inputs[0]},
              {{"kernel_shape", std::vector<int64_t>{down.end, right.end}},
               {"strides", std::vector<int64_t>{stride_h, stride_w}}});
});

}  // namespace lithe
