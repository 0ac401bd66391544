#pragma once
#include "Halide.h"

namespace lithe {

using namespace Halide;

/// The way back through y(o, p) = sum_k pi(k) sum_c phi(c, o, k) u(c, p), p every stride-th pixel. With
/// s(c, o) = sum_p dy(o, p) u(c, p) of every image:
/// dpi(k) = <phi_k, s>, dphi_k = sum over images of pi(k) s, and du(c, p) = sum_o M(c, o) dy(o, p) with the mixed
/// kernel M, zero at the pixels that were passed over.
struct DynamicResidualGradient {
  Var c{"c"}, o{"o"}, k{"k"}, w{"w"}, h{"h"}, n{"n"};
  RDom kernel, output, pixel, channel, image;
  Func mixed{"mixed"}, du{"du_of"}, sums{"sums"}, products{"products"};
  Func columns{"columns"}, dpi{"dpi_of"}, dphi{"dphi_of"};
  template <class U, class Pi, class Phi>
  DynamicResidualGradient(const U& u, const Pi& pi, const Phi& phi, const U& dy, Expr stride)
      : kernel(0, pi.dim(0).extent()),
        output(0, dy.dim(2).extent()),
        pixel(0, dy.dim(0).extent(), 0, dy.dim(1).extent()),
        channel(0, u.dim(2).extent()),
        image(0, u.dim(3).extent()) {
    mixed(c, o, n) = 0.0f;
    mixed(c, o, n) += pi(kernel, n) * phi(c, o, kernel);
    const Expr is_read = w % stride == 0 && h % stride == 0;
    du(c, w, h, n) = 0.0f;
    du(c, w, h, n) += select(is_read, mixed(c, output, n) * dy(w / stride, h / stride, output, n), 0.0f);
    sums(c, o, n) = 0.0f;
    sums(c, o, n) +=
        dy(pixel.x, pixel.y, min(o, dy.dim(2).extent() - 1), n) * u(pixel.x * stride, pixel.y * stride, c, n);
    products(c, o, n) = sums(c, o, n);
    columns(c, k, n) = 0.0f;
    columns(c, k, n) += phi(c, output, k) * products(c, output, n);
    dpi(k, n) = 0.0f;
    dpi(k, n) += columns(channel, k, n);
    dphi(c, o, k) = 0.0f;
    dphi(c, o, k) += pi(k, image) * products(c, o, image);
  }
};

}  // namespace lithe
