// The two registries, of contracts and of compiled kernels, must speak of the same things.
#include <HalideRuntime.h>

#include <algorithm>
#include <set>

#include "pipelines/core/names.h"
#include "pipelines/graph/kernels.h"
#include "pipelines/graph/look_ahead.h"
#include "tests/ops/op_suite.h"

namespace lithe::test {
namespace {

TEST(Registry, EveryOperatorHasItsKernelsAndEveryKernelAnOperator) {
  std::set<std::string> wanted;
  for (const std::string& name : op_names()) {
    const Op& op = find_op(name);
    EXPECT_EQ(op.is_view(), op.kernels().empty()) << name << " needs a kernel or view(), not both";
    for (const Op* form : {&op, op.training_form()}) {
      if (form == nullptr) continue;
      for (const Kernel& kernel : form->kernels()) wanted.insert(kernel.name);
      for (const Adjoint& adjoint : form->adjoints()) {
        if (!adjoint.kernel.name.empty()) wanted.insert(adjoint.kernel.name);
      }
    }
  }
  const std::vector<std::string> compiled = kernel_names();
  EXPECT_EQ(wanted, std::set<std::string>(compiled.begin(), compiled.end()));
}

TEST(Registry, EveryOperatorHasATest) {
  const std::set<std::string> tested(tested_ops().begin(), tested_ops().end());
  for (const std::string& name : op_names()) {
    EXPECT_TRUE(tested.count(name)) << "add LITHE_OP_TEST(" << name << ", ...) to tests/ops";
  }
}

TEST(Registry, TheLastKernelOfAnOperatorAlwaysApplies) {
  for (const std::string& name : op_names()) {
    const Op& op = find_op(name);
    if (op.kernels().empty()) continue;
    EXPECT_FALSE(op.kernels().back().applies) << name << ": some extents would find no kernel";
  }
}

TEST(Registry, GradientsNameInputs) {
  for (const std::string& name : op_names()) {
    const Op& op = find_op(name);
    EXPECT_FALSE(op.summary().empty()) << name;
    for (const std::string& input : words(op.gradients())) {
      const bool found =
          std::any_of(op.inputs().begin(), op.inputs().end(), [&](const Port& p) { return p.name == input; });
      EXPECT_TRUE(found) << name << " has no input \"" << input << "\"";
    }
  }
}

TEST(Registry, EveryGradientHasAnAdjointThatAlwaysApplies) {
  for (const std::string& name : op_names()) {
    for (const Op* op : {&find_op(name), find_op(name).training_form()}) {
      if (op == nullptr) continue;
      std::map<std::string, bool> always;  // of what adjoints give, whether the last one always applies
      for (const Adjoint& adjoint : op->adjoints()) {
        for (const std::string& input : words(adjoint.inputs)) always[input] = !adjoint.kernel.applies;
      }
      for (const std::string& input : words(op->gradients())) {
        EXPECT_TRUE(always.count(input)) << op->name() << " needs .adjoint(\"" << input << "\", ...)";
        EXPECT_TRUE(!always.count(input) || always[input]) << op->name() << ": some extents have no d" << input;
        always.erase(input);
      }
      EXPECT_TRUE(always.empty()) << op->name() << ".gradients() leaves out " << always.begin()->first;
    }
  }
}

// What an argument of a kernel may be bound to; see Kernel.
bool is_bound(const Op& op, const Kernel& kernel, const std::string& name, const halide_filter_argument_t& argument) {
  if (name == kAhead) return argument.kind == halide_argument_kind_input_buffer;
  const auto attribute = op.attributes().find(name);
  const bool known = attribute != op.attributes().end();
  if (argument.kind == halide_argument_kind_input_scalar) {
    if (argument.type.code == halide_type_float) return known && std::holds_alternative<double>(attribute->second);
    return argument.type == halide_type_of<int32_t>() && (!known || std::holds_alternative<int64_t>(attribute->second));
  }
  const auto is_port = [&](const Port& p) { return p.name == name; };
  if (argument.kind == halide_argument_kind_output_buffer) {
    return std::any_of(op.outputs().begin(), op.outputs().end(), is_port) && argument.type == halide_type_of<float>();
  }
  if (std::any_of(op.inputs().begin(), op.inputs().end(), is_port)) {
    const bool words = kernel.weights != DType::kF32 && kernel.pack.count(name) > 0;  // of two numbers
    return argument.type == (words ? halide_type_of<uint32_t>() : halide_type_of<float>());
  }
  if (!known || argument.dimensions != 1) return false;
  return std::holds_alternative<std::vector<int64_t>>(attribute->second)
             ? argument.type == halide_type_of<int32_t>()
             : std::holds_alternative<std::vector<double>>(attribute->second) &&
                   argument.type == halide_type_of<float>();
}

TEST(Registry, KernelArgumentsAreNamedAndTypedAsTheContractSays) {
  for (const std::string& op_name : op_names()) {
    const Op& op = find_op(op_name);
    for (const Kernel& kernel : op.kernels()) {
      const halide_filter_metadata_t* metadata = find_kernel(kernel.name).metadata;
      std::set<std::string> names;
      for (int i = 0; i < metadata->num_arguments; ++i) {
        const std::string name = argument_name(metadata->arguments[i].name);
        names.insert(name);
        EXPECT_TRUE(is_bound(op, kernel, name, metadata->arguments[i])) << kernel.name << ": argument " << name;
      }
      for (const Port& port : op.inputs())
        EXPECT_TRUE(names.count(port.name)) << kernel.name << " ignores " << port.name;
      for (const Port& port : op.outputs())
        EXPECT_TRUE(names.count(port.name)) << kernel.name << " ignores " << port.name;
    }
  }
}

}  // namespace
}  // namespace lithe::test
