#include "pipelines/graph/onnx_rule.h"

namespace lithe {

LITHE_ONNX_RULE(conv2d, [](OnnxWriter& w, const OnnxCall& c) {
  const Dims& d = c.dims;
  const auto after = [&](const char* name, const char* before) { return d(name) < 0 ? d(before) : d(name); };
  std::vector<std::string> inputs{w.image(c, 0), c.inputs[1]};
  if (c.inputs.size() > 2 && !c.inputs[2].empty()) inputs.push_back(c.inputs[2]);
  const std::string y = w.op("Conv", inputs,
                             {{"kernel_shape", std::vector<int64_t>{d("KH"), d("KW")}},
                              {"strides", std::vector<int64_t>{d("stride_h"), d("stride_w")}},
                              {"pads", std::vector<int64_t>{d("pad_h"), d("pad_w"), after("pad_bottom", "pad_h"),
                                                            after("pad_right", "pad_w")}},
                              {"dilations", std::vector<int64_t>{d("dilation_h"), d("dilation_w")}},
                              {"group", d("groups")}});
  return w.result(c, w.clip(y, d.attribute<double>("clamp_min"), d.attribute<double>("clamp_max")));
});

}  // namespace lithe
