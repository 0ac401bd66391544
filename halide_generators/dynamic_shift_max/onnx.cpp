#include "pipelines/graph/onnx_rule.h"

namespace lithe {
namespace {

std::vector<int64_t> next_channel_of_next_group(int64_t channels, int64_t groups) {
  const int64_t size = channels / groups;
  std::vector<int64_t> index;
  for (int64_t c = 0; c < channels; ++c) index.push_back((c / size + 1) % groups * size + (c % size + 1) % size);
  return index;
}

}  // namespace

LITHE_ONNX_RULE(dynamic_shift_max, [](OnnxWriter& w, const OnnxCall& c) {
  const Dims& d = c.dims;
  const int64_t sets = d("K J"), channels = d("C");
  const std::string x = w.image(c, 0);
  const std::vector<int64_t> index = next_channel_of_next_group(channels, d("groups"));
  const std::vector<std::string> terms =
      d("J") == 1 ? std::vector<std::string>{x}
                  : std::vector<std::string>{x, w.permute(x, {0, channels, d("H"), d("W")}, index)};
  const std::string rows = w.reshape(c.inputs[1], {0, d("K"), d("J"), channels}, {0, sets * channels, 1, 1});
  const std::vector<std::string> a = w.add(
      "Split", {rows}, {{"axis", int64_t{1}}, {"split", std::vector<int64_t>(static_cast<size_t>(sets), channels)}},
      static_cast<size_t>(sets));
  std::string largest;
  for (int64_t k = 0; k < d("K"); ++k) {
    std::string sum;
    for (size_t j = 0; j < terms.size(); ++j) {
      const std::string product = w.op("Mul", {terms[j], a[static_cast<size_t>(k) * terms.size() + j]});
      sum = j == 0 ? product : w.op("Add", {sum, product});
    }
    largest = k == 0 ? sum : w.op("Max", {largest, sum});
  }
  return w.result(c, largest);
});

LITHE_ONNX_RULE(shift_max_coefficients, [](OnnxWriter& w, const OnnxCall& c) {
  const Dims& d = c.dims;
  const double range = d.attribute<double>("range");
  const auto& offsets = d.attribute<std::vector<double>>("offsets");
  Tensor shift({1, d("U")});
  for (int64_t u = 0; u < d("U"); ++u) {
    shift.at(0, u) = static_cast<float>(offsets[static_cast<size_t>(u / d("C"))] - range / 2);
  }
  const std::string gate = w.op("HardSigmoid", {c.inputs[0]}, {{"alpha", 1.0 / 6}, {"beta", 0.5}});
  const std::string a = w.op("Add", {w.op("Mul", {gate, w.constant(static_cast<float>(range))}), w.constant(shift)});
  return w.reshape(a, {0, d("U")}, {0, d("K"), d("J"), d("C")});
});

}  // namespace lithe
