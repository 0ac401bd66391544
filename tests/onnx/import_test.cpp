// Small ONNX files through our importer and engine, and through cv::dnn.

#include <gtest/gtest.h>

#include "pipelines/formats/onnx_import.h"
#include "pipelines/graph/session.h"
#include "tests/onnx/onnx_file.h"
#include "tests/onnx/opencv.h"

namespace lithe {
namespace {

Tensor run(const OnnxFile& file, const Tensor& x) {
  const OnnxModel model = parse_onnx(file.bytes(), "by hand");
  return Session(model.graph, model.parameters).run({x}).front();
}

std::vector<std::string> operators(const OnnxFile& file) {
  std::vector<std::string> names;
  for (const Node& node : parse_onnx(file.bytes(), "by hand").graph.nodes) names.push_back(node.op->name());
  return names;
}

// `other`: a form of the same network that OpenCV reads, where it does not read this one.
void expect_as_opencv(const OnnxFile& file, const Shape& input, const OnnxFile* other = nullptr) {
  const Tensor x = random_tensor(input);
  const Tensor ours = run(file, x), theirs = run_in_opencv((other == nullptr ? file : *other).bytes(), x);
  ASSERT_EQ(ours.size(), theirs.size());
  EXPECT_LE(relative_difference(ours, theirs.reshaped(ours.shape())), 1e-5);
}

struct Case {
  const char* name;
  Shape input;
  std::vector<OnnxOperator> nodes;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class OnnxImport : public testing::TestWithParam<Case> {};

TEST_P(OnnxImport, ComputesWhatOpenCvDoes) {
  const Case& c = GetParam();
  OnnxFile file(c.input, c.nodes);
  file.floats("w", random_tensor({8, 6, 3, 3}, 2))
      .floats("b", random_tensor({8}, 3))
      .floats("dw", random_tensor({6, 1, 3, 3}, 4));
  file.floats("m", random_tensor({6, 5}, 5))
      .floats("mt", random_tensor({5, 6}, 6))
      .floats("bias5", random_tensor({5}, 7));
  file.floats("c6", random_tensor({6}, 8))
      .floats("c6hw", random_tensor({1, 6, 1, 1}, 9))
      .floats("two", Tensor::of({1}, {2}));
  file.integers("groups", {1, 2, 3, 4, 5}).integers("image", {1, 6, 4, 5});
  Tensor variance = random_tensor({6}, 10);
  for (int64_t i = 0; i < 6; ++i) variance.at(i) += 1.5f;
  file.floats("var", variance);
  expect_as_opencv(file, c.input);
}

const Shape kImage{1, 6, 9, 11};

INSTANTIATE_TEST_SUITE_P(
    Operators, OnnxImport,
    testing::Values(
        Case{"padding_at_the_end",
             kImage,
             {{"Conv",
               {"x", "w", "b"},
               {"y"},
               {{"kernel_shape", Ints{3, 3}}, {"pads", Ints{0, 0, 1, 1}}, {"strides", Ints{2, 2}}},
               {}}}},
        Case{"same_upper",
             kImage,
             {{"Conv",
               {"x", "w"},
               {"y"},
               {{"auto_pad", std::string("SAME_UPPER")}, {"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}},
               {}}}},
        Case{"depthwise_dilated",
             kImage,
             {{"Conv",
               {"x", "dw"},
               {"y"},
               {{"kernel_shape", Ints{3, 3}}, {"group", int64_t{6}}, {"dilations", Ints{2, 2}}},
               {}}}},
        Case{"batch_norm",
             kImage,
             {{"BatchNormalization", {"x", "c6", "c6", "c6", "var"}, {"y"}, {{"epsilon", 0.01}}, {}}}},
        Case{"max_pool_rounding_up",
             kImage,
             {{"MaxPool",
               {"x"},
               {"y"},
               {{"ceil_mode", int64_t{1}}, {"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}},
               {}}}},
        Case{"max_pool_same_upper",
             {1, 6, 8, 12},
             {{"MaxPool",
               {"x"},
               {"y"},
               {{"pads", Ints{0, 0, 1, 1}}, {"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}},
               {}}}},
        Case{"average_pool_without_padding",
             kImage,
             {{"AveragePool", {"x"}, {"y"}, {{"pads", Ints{1, 1, 1, 1}}, {"kernel_shape", Ints{3, 3}}}, {}}}},
        Case{"global_pool_flatten_gemm",
             kImage,
             {{"GlobalAveragePool", {"x"}, {"p"}, {}, {}},
              {"Flatten", {"p"}, {"f"}, {}, {}},
              {"Gemm", {"f", "mt", "bias5"}, {"y"}, {{"transB", int64_t{1}}}, {}}}},
        Case{"mean_matmul_add_softmax",
             kImage,
             {{"ReduceMean", {"x"}, {"p"}, {{"axes", Ints{2, 3}}, {"keepdims", int64_t{0}}}, {}},
              {"MatMul", {"p", "m"}, {"q"}, {}, {}},
              {"Add", {"q", "bias5"}, {"r"}, {}, {}},
              {"Softmax", {"r"}, {"y"}, {{"axis", int64_t{1}}}, {}}}},
        Case{"channel_shuffle",
             {1, 6, 4, 5},
             {{"Reshape", {"x", "groups"}, {"r"}, {}, {}},
              {"Transpose", {"r"}, {"t"}, {{"perm", Ints{0, 2, 1, 3, 4}}}, {}},
              {"Reshape", {"t", "image"}, {"y"}, {}, {}}}},
        Case{"concat_and_leaky_relu",
             kImage,
             {{"LeakyRelu", {"x"}, {"a"}, {{"alpha", 0.2}}, {}},
              {"Concat", {"x", "a", "x"}, {"y"}, {{"axis", int64_t{1}}}, {}}}},
        Case{"gate_per_channel",
             kImage,
             {{"GlobalAveragePool", {"x"}, {"p"}, {}, {}},
              {"Sigmoid", {"p"}, {"g"}, {}, {}},
              {"Mul", {"x", "g"}, {"y"}, {}, {}}}},
        Case{"sum_and_tanh", kImage, {{"Tanh", {"x"}, {"a"}, {}, {}}, {"Add", {"x", "a"}, {"y"}, {}, {}}}},
        Case{"number_times", kImage, {{"Mul", {"x", "two"}, {"y"}, {}, {}}}},
        Case{"hard_sigmoid", kImage, {{"HardSigmoid", {"x"}, {"y"}, {{"alpha", 0.2}, {"beta", 0.5}}, {}}}},
        Case{"dropout_and_identity",
             kImage,
             {{"Dropout", {"x"}, {"a"}, {}, {}}, {"Identity", {"a"}, {"i"}, {}, {}}, {"Relu", {"i"}, {"y"}, {}, {}}}}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(OnnxImport, FoldsPadIntoTheConvolution) {
  const std::vector<OnnxOperator> padded = {{"Pad", {"x", "pads"}, {"p"}, {}, {}},
                                            {"Conv", {"p", "w"}, {"y"}, {{"strides", Ints{2, 2}}}, {}}};
  const std::vector<OnnxOperator> direct = {
      {"Conv",
       {"x", "w"},
       {"y"},
       {{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}, {"pads", Ints{0, 1, 2, 1}}},
       {}}};
  OnnxFile file(kImage, padded), same(kImage, direct);
  file.integers("pads", {0, 0, 0, 1, 0, 0, 2, 1}).floats("w", random_tensor({8, 6, 3, 3}));
  same.floats("w", random_tensor({8, 6, 3, 3}));
  EXPECT_EQ(operators(file), std::vector<std::string>{"conv2d"});
  expect_as_opencv(file, kImage, &same);
}

TEST(OnnxImport, ReadsLimitsOfClipAsInputsAndAttributes) {
  OnnxFile inputs(kImage, {{"Clip", {"x", "lo", "hi"}, {"y"}, {}, {}}}, 11);
  inputs.floats("lo", Tensor::of({}, {-0.5f})).floats("hi", Tensor::of({}, {0.25f}));
  const OnnxFile attributes(kImage, {{"Clip", {"x"}, {"y"}, {{"min", -0.5}, {"max", 0.25}}, {}}}, 10);
  expect_as_opencv(inputs, kImage, &attributes);
  OnnxFile relu6(kImage, {{"Clip", {"x", "lo", "hi"}, {"y"}, {}, {}}}, 11);
  relu6.floats("lo", Tensor::of({}, {0})).floats("hi", Tensor::of({}, {6}));
  EXPECT_EQ(operators(relu6), std::vector<std::string>{"relu6"});
}

TEST(OnnxImport, TurnsChannelsLastInputsRound) {
  OnnxFile file({1, 9, 11, 6}, {{"Transpose", {"x"}, {"t"}, {{"perm", Ints{0, 3, 1, 2}}}, {}},
                                {"Conv", {"t", "w"}, {"c"}, {{"kernel_shape", Ints{3, 3}}}, {}},
                                {"GlobalAveragePool", {"c"}, {"g"}, {}, {}},
                                {"Transpose", {"g"}, {"u"}, {{"perm", Ints{0, 2, 3, 1}}}, {}},
                                {"Squeeze", {"u"}, {"y"}, {{"axes", Ints{1, 2}}}, {}}});
  OnnxFile plain(kImage, {{"Conv", {"x", "w"}, {"c"}, {{"kernel_shape", Ints{3, 3}}}, {}},
                          {"GlobalAveragePool", {"c"}, {"y"}, {}, {}}});
  file.floats("w", random_tensor({8, 6, 3, 3}));
  plain.floats("w", random_tensor({8, 6, 3, 3}));
  const Graph graph = parse_onnx(file.bytes(), "by hand").graph;
  EXPECT_EQ(graph.value(graph.inputs[0]).shape, kImage);
  EXPECT_EQ(graph.value(graph.outputs[0]).shape, (Shape{1, 8}));
  expect_as_opencv(file, kImage, &plain);
}

TEST(OnnxImport, FollowsShapeArithmeticIntoAReshape) {
  OnnxFile file({1, 6, 1, 1}, {{"Shape", {"x"}, {"s"}, {}, {}},
                               {"Gather", {"s", "zero"}, {"n"}, {}, {}},
                               {"Unsqueeze", {"n"}, {"n1"}, {{"axes", Ints{0}}}, {}},
                               {"Concat", {"n1", "rest"}, {"target"}, {{"axis", int64_t{0}}}, {}},
                               {"Reshape", {"x", "target"}, {"f"}, {}, {}},
                               {"Relu", {"f"}, {"y"}, {}, {}}});
  onnx::TensorProto* zero = file.initializer("zero", {}, onnx::TensorProto::INT64);
  zero->add_int64_data(0);
  file.integers("rest", {-1});
  const Tensor x = random_tensor({3, 6, 1, 1}), y = run(file, x);
  ASSERT_EQ(y.shape(), (Shape{3, 6}));
  for (int64_t i = 0; i < y.size(); ++i) EXPECT_EQ(y.data()[i], std::max(x.data()[i], 0.0f));
}

TEST(OnnxImport, ReadsHalfAndRawWeights) {
  OnnxFile file({1, 2, 1, 1}, {{"Mul", {"x", "h"}, {"a"}, {}, {}}, {"Add", {"a", "r"}, {"y"}, {}, {}}});
  onnx::TensorProto* half = file.initializer("h", {1, 2, 1, 1}, onnx::TensorProto::FLOAT16);
  half->add_int32_data(0x3c00);  // 1
  half->add_int32_data(0xc100);  // -2.5
  const float raw[] = {10, 20};
  file.initializer("r", {2, 1, 1}, onnx::TensorProto::FLOAT)->set_raw_data(raw, sizeof raw);
  const Tensor y = run(file, Tensor::of({1, 2, 1, 1}, {3, 4}));
  EXPECT_EQ(y.at(0, 0), 13);
  EXPECT_EQ(y.at(0, 1), 10);
}

TEST(OnnxImport, NamesAllUnknownOperatorsAtOnce) {
  const OnnxFile file(kImage, {{"LRN", {"x"}, {"a"}, {}, {}},
                               {"LRN", {"a"}, {"b"}, {}, {}},
                               {"Relu", {"b"}, {"c"}, {}, {}},
                               {"Fancy", {"c"}, {"y"}, {}, "com.x"}});
  try {
    parse_onnx(file.bytes(), "net.onnx");
    FAIL() << "not refused";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "net.onnx: operators that Lithe does not have: \"LRN\" (2), \"com.x.Fancy\" (1); "
                 "`--engine opencv` may run this model");
  }
}

}  // namespace
}  // namespace lithe
