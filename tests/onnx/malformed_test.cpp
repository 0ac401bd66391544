// Files that nobody vouches for: every one is refused with a reason, at once and without much memory.

#include <gtest/gtest.h>

#include <functional>

#include "pipelines/formats/onnx_import.h"
#include "tests/onnx/onnx_file.h"

namespace lithe {
namespace {

std::string message(const std::string& bytes) {
  try {
    parse_onnx(bytes, "net.onnx");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
  return "accepted";
}

OnnxFile convolution() {
  OnnxFile file({1, 6, 9, 9}, {{"Conv", {"x", "w"}, {"y"}, {}, {}}});
  file.floats("w", random_tensor({8, 6, 3, 3}));
  return file;
}

onnx::GraphProto& graph(OnnxFile& file) { return *file.proto.mutable_graph(); }
onnx::TensorProto& weights(OnnxFile& file) { return *graph(file).mutable_initializer(0); }
onnx::NodeProto& node(OnnxFile& file) { return *graph(file).mutable_node(0); }

void set_integers(OnnxFile& file, const std::string& name, const std::vector<int64_t>& values) {
  onnx::AttributeProto* attribute = node(file).add_attribute();
  attribute->set_name(name);
  attribute->set_type(onnx::AttributeProto::INTS);
  for (const int64_t value : values) attribute->add_ints(value);
}

struct FileDamage {
  const char* name;
  std::function<void(OnnxFile&)> apply;
  const char* reason;  // in the message
};
void PrintTo(const FileDamage& d, std::ostream* out) { *out << d.name; }

class Damaged : public testing::TestWithParam<FileDamage> {};

TEST_P(Damaged, IsRefusedWithAReason) {
  OnnxFile file = convolution();
  ASSERT_NO_THROW(parse_onnx(file.bytes(), "net.onnx"));
  GetParam().apply(file);
  EXPECT_NE(message(file.bytes()).find(GetParam().reason), std::string::npos) << message(file.bytes());
}

constexpr int64_t kHuge = int64_t{1} << 62;

INSTANTIATE_TEST_SUITE_P(
    All, Damaged,
    testing::Values(
        FileDamage{"external_data", [](OnnxFile& f) { weights(f).set_data_location(onnx::TensorProto::EXTERNAL); },
                   "another file"},
        FileDamage{"external_path", [](OnnxFile& f) { weights(f).add_external_data()->set_value("/etc/passwd"); },
                   "another file"},
        FileDamage{"too_little_data", [](OnnxFile& f) { weights(f).mutable_float_data()->RemoveLast(); },
                   "bytes for the shape"},
        FileDamage{"huge_weights", [](OnnxFile& f) { weights(f).set_dims(0, kHuge); }, "out of range"},
        FileDamage{"negative_weights", [](OnnxFile& f) { weights(f).set_dims(0, -8); }, "out of range"},
        FileDamage{"empty_weights",
                   [](OnnxFile& f) {
                     weights(f).set_dims(0, 0);
                     weights(f).clear_float_data();
                   },
                   "no elements"},
        FileDamage{"unknown_element_type", [](OnnxFile& f) { weights(f).set_data_type(14); }, "ONNX type 14"},
        FileDamage{"integer_weights",
                   [](OnnxFile& f) {
                     weights(f).set_data_type(onnx::TensorProto::INT64);
                     for (int i = 0; i < 8 * 6 * 9; ++i) weights(f).add_int64_data(1);
                   },
                   "expected floats"},
        FileDamage{"missing_value", [](OnnxFile& f) { node(f).set_input(0, "nowhere"); }, "given by no earlier node"},
        FileDamage{"reads_itself", [](OnnxFile& f) { node(f).set_input(0, "y"); }, "given by no earlier node"},
        FileDamage{"missing_output", [](OnnxFile& f) { node(f).clear_output(); }, "no output"},
        FileDamage{"graph_without_output", [](OnnxFile& f) { graph(f).clear_output(); }, "at least one"},
        FileDamage{"defined_twice", [](OnnxFile& f) { node(f).set_output(0, "x"); }, "twice"},
        FileDamage{"wrong_channels", [](OnnxFile& f) { weights(f).set_dims(1, 3), weights(f).set_dims(0, 16); },
                   "groups"},
        FileDamage{"huge_stride",
                   [](OnnxFile& f) {
                     set_integers(f, "strides", {kHuge, 1});
                   },
                   "2^24"},
        FileDamage{"no_stride",
                   [](OnnxFile& f) {
                     set_integers(f, "strides", {0, 1});
                   },
                   "at least 1"},
        FileDamage{"huge_padding",
                   [](OnnxFile& f) {
                     set_integers(f, "pads", {1 << 24, 1 << 24, 1 << 24, 1 << 24});
                   },
                   "2^31 elements"},
        FileDamage{"negative_padding",
                   [](OnnxFile& f) {
                     set_integers(f, "pads", {-1, 0, 0, 0});
                   },
                   "negative"},
        FileDamage{"three_dimensions",
                   [](OnnxFile& f) {
                     set_integers(f, "strides", {1, 1, 1});
                   },
                   "two-dimensional"},
        FileDamage{"attribute_of_another_type",
                   [](OnnxFile& f) {
                     set_integers(f, "strides", {1, 1});
                     node(f).mutable_attribute(0)->set_type(onnx::AttributeProto::FLOAT);
                   },
                   "expected INTS, got FLOAT"},
        FileDamage{"open_image_size",
                   [](OnnxFile& f) {
                     auto* type = graph(f).mutable_input(0)->mutable_type()->mutable_tensor_type();
                     type->mutable_shape()->mutable_dim(2)->set_dim_param("H");
                   },
                   "for one image size"},
        FileDamage{"huge_image",
                   [](OnnxFile& f) {
                     auto* type = graph(f).mutable_input(0)->mutable_type()->mutable_tensor_type();
                     type->mutable_shape()->mutable_dim(2)->set_dim_value(kHuge);
                   },
                   "65536"},
        FileDamage{"old_operator_set", [](OnnxFile& f) { f.proto.mutable_opset_import(0)->set_version(6); }, "got 6"},
        FileDamage{"no_graph", [](OnnxFile& f) { f.proto.clear_graph(); }, "not an ONNX model"},
        FileDamage{"control_characters", [](OnnxFile& f) { node(f).set_op_type("\x1b[2J\nConv"); },
                   "\\x1b[2J\\x0aConv"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(MalformedOnnx, EveryTruncationIsRefused) {
  const std::string bytes = convolution().bytes();
  for (size_t length = 0; length < bytes.size(); length += length < 200 ? 1 : 97) {
    EXPECT_NE(message(bytes.substr(0, length)), "accepted") << length;
  }
}

// One scalar and many channels ask for far more parameters than the file holds.
TEST(MalformedOnnx, MemoryIsBoundedByTheFile) {
  std::vector<OnnxOperator> nodes;
  for (int i = 0; i < 200; ++i) {
    const std::string from = i == 0 ? "x" : "v" + std::to_string(i), to = i == 199 ? "y" : "v" + std::to_string(i + 1);
    nodes.push_back({"Mul", {from, "two"}, {to}, {}, {}});
  }
  OnnxFile file({1, 65536}, nodes);
  file.floats("two", Tensor::of({1}, {2}));
  EXPECT_NE(message(file.bytes()).find("memory"), std::string::npos) << message(file.bytes());
}

// Names become ASCII; thousands that then look alike stay apart, and cost no more than others.
TEST(MalformedOnnx, AlikeNamesStayApart) {
  std::vector<OnnxOperator> nodes;
  std::string from = "x";
  for (int i = 0; i < 20000; ++i) {
    const std::string to = i == 19999 ? "y" : std::string(300, 'n') + std::to_string(i);
    nodes.push_back({"Relu", {from}, {to}, {}, {}});
    from = to;
  }
  const OnnxModel model = parse_onnx(OnnxFile({1, 4}, nodes).bytes(), "net.onnx");
  EXPECT_EQ(model.graph.nodes.size(), 20000u);
}

TEST(MalformedOnnx, NestingIsBounded) {
  onnx::ModelProto model;
  onnx::GraphProto* graph = model.mutable_graph();
  for (int depth = 0; depth < 2000; ++depth) {
    onnx::AttributeProto* attribute = graph->add_node()->add_attribute();
    graph = attribute->mutable_g();
  }
  EXPECT_NE(message(model.SerializeAsString()).find("not an ONNX model"), std::string::npos);
}

}  // namespace
}  // namespace lithe
