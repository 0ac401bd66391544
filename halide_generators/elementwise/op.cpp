// Operators that map element to element; a NaN goes through all of them.

#include "pipelines/graph/op.h"

namespace lithe {
namespace {

Kernel in_place(const std::string& name) {
  Kernel kernel;
  kernel.name = name;
  kernel.in_place = true;
  return kernel;
}

bool same_extents(const Dims& d) { return d("Hy") == d("H") && d("Wy") == d("W"); }

// For one y per channel; it has its own name because y is presented per image, not as all elements.
Kernel per_channel_multiply() {
  Kernel kernel;
  kernel.name = "multiply_channels";
  kernel.applies = [](const Dims& d) { return !same_extents(d); };
  return kernel;
}

// dz times the other factor.
std::function<AdjointNode(const Dims&)> by_factor(const std::string& factor) {
  return [=](const Dims&) { return AdjointNode{"multiply", {"dz", factor}, {}}; };
}

// Where y is one number per channel.
Kernel sums_over_pixels() {
  Kernel kernel;
  kernel.name = "multiply_channels_dy";
  kernel.applies = [](const Dims& d) { return !same_extents(d); };
  kernel.pixels = true;
  return kernel;
}

}  // namespace

LITHE_REGISTER_OP(relu)
    .summary("y = max(x, 0)")
    .input("x", "...")
    .output("y", "...")
    .gradients("x")
    .kernel(in_place("relu"))
    .adjoint("x", in_place("relu_dx"));

LITHE_REGISTER_OP(relu6)
    .summary("y = min(max(x, 0), 6)")
    .input("x", "...")
    .output("y", "...")
    .gradients("x")
    .kernel(in_place("relu6"))
    .adjoint("x", in_place("relu6_dx"));

LITHE_REGISTER_OP(leaky_relu)
    .summary("y = x where x >= 0, slope * x elsewhere")
    .input("x", "...")
    .output("y", "...")
    .attribute("slope", 0.01)
    .gradients("x")
    .kernel(in_place("leaky_relu"))
    .adjoint("x", in_place("leaky_relu_dx"));

LITHE_REGISTER_OP(clamp)
    .summary("y = min(max(x, lo), hi)")
    .input("x", "...")
    .output("y", "...")
    .required_attribute("lo", 0.0)
    .required_attribute("hi", 0.0)
    .gradients("x")
    .kernel(in_place("clamp"))
    .adjoint("x", in_place("clamp_dx"));

LITHE_REGISTER_OP(hard_sigmoid)
    .summary("y = scale * relu6(x + 3) / 6")
    .input("x", "...")
    .output("y", "...")
    .attribute("scale", 1.0)  // 2 in dynamic convolution decomposition, whose coefficients range over [0, 2]
    .gradients("x")
    .kernel(in_place("hard_sigmoid"))
    .adjoint("x", in_place("hard_sigmoid_dx"));

LITHE_REGISTER_OP(hard_swish)
    .summary("y = x * relu6(x + 3) / 6")
    .input("x", "...")
    .output("y", "...")
    .gradients("x")
    .kernel(in_place("hard_swish"))
    .adjoint("x", in_place("hard_swish_dx"));

LITHE_REGISTER_OP(sigmoid)
    .summary("y = 1 / (1 + exp(-x))")
    .input("x", "...")
    .output("y", "...")
    .gradients("x")
    .kernel(in_place("sigmoid"))
    .adjoint("x", in_place("sigmoid_dx"));

LITHE_REGISTER_OP(tanh)
    .summary("y = tanh(x)")
    .input("x", "...")
    .output("y", "...")
    .gradients("x")
    .kernel(in_place("tanh"))
    .adjoint("x", in_place("tanh_dx"));

LITHE_REGISTER_OP(add)
    .summary("z = x + y, same shape")
    .input("x", "N C H W")
    .input("y", "N C H W")
    .output("z", "N C H W")
    .gradients("x y")
    .kernel(in_place("add"))
    .adjoint_passes_on("x y");

LITHE_REGISTER_OP(multiply)
    .summary("z = x * y; y has the shape of x, or one value per image and channel (N C, N C 1 1)")
    .input("x", "N C H W")
    .input("y", "N C Hy Wy")
    .output("z", "N C H W")
    .gradients("x y")
    .require([](const Dims& d) { return same_extents(d) || d("Hy Wy") == 1; },
             "y must have the shape of x, or be N C or N C 1 1")
    .kernel(per_channel_multiply())
    .kernel(in_place("multiply"))
    .adjoint("x", by_factor("y"))
    .adjoint("y", sums_over_pixels())
    .adjoint("y", by_factor("x"));

}  // namespace lithe
