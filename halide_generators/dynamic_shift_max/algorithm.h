#pragma once
#include "Halide.h"

namespace lithe {

using namespace Halide;

/// y[c, p] = max_k sum_j a[k, j, c] x[pi_j(c), p], pixels p. Seen from c the shifted channel lies in one of four
/// places: at a turn inside the group (the group's last channel) or not, at a wrap of the groups (the last group) or
/// not. Each of them is a plain vector of neighbours, one of which is chosen per lane; that beats gathering. The lanes
/// that are not chosen lie in the two pixels before or behind: `y` is right where those exist, `y_at_end` everywhere.
struct DynamicShiftMax {
  Var c{"c"}, p{"p"}, n{"n"};
  RDom end{0, 2 * kReach};  // the first and the last pixels
  Func turn{"turn"}, wrap{"wrap"};
  Expr y, pixel_at_end, y_at_end, y_anywhere, has_inside;
  static constexpr int kReach = 2;

  template <class X, class A>
  DynamicShiftMax(const X& x, const A& a, Expr G) {
    const Expr C = x.dim(0).extent(), pixels = x.dim(1).extent(), J = a.dim(1).extent(), Cg = C / G;
    // c / Cg, exact for every channel count below 2^22; a division of integers would not fit into lanes.
    const Expr group = cast<int32_t>((cast<float>(c) + 0.5f) / cast<float>(Cg));
    turn(c) = cast<float>(c - group * Cg == Cg - 1);
    wrap(c) = cast<float>(group == G - 1);
    const auto place = [&](Expr chosen, Expr pixel) { return x(unsafe_promise_clamped(chosen, 0, C - 1), pixel, n); };
    has_inside = pixels > 2 * kReach;
    const Expr inside = clamp(p, min(kReach, pixels - 1), max(pixels - 1 - kReach, 0));
    // A schedule that does not know whether there is an inside reads both; what it does not use must exist all the
    // same.
    const auto near = [&](Expr chosen) {
      return x(select(has_inside, unsafe_promise_clamped(chosen, 0, C - 1), clamp(chosen, 0, C - 1)), inside, n);
    };
    const Expr same = select(wrap(c) != 0.0f, near(c + 1 - C), near(c + 1));
    const Expr next = select(wrap(c) != 0.0f, near(c + 1 - C + Cg), near(c + 1 + Cg));
    const Expr source = c + 1 + select(turn(c) != 0.0f, 0, Cg) - select(wrap(c) != 0.0f, C, 0);
    const auto most = [&](Expr pixel, Expr shifted) {
      const auto branch = [&](Expr k) {
        return a(c, 0, k, n) * x(c, pixel, n) + select(J > 1, a(c, min(1, J - 1), k, n) * shifted, 0.0f);
      };
      const Expr first = branch(0), second = branch(min(1, a.dim(2).extent() - 1));
      return select(second <= first, first, second);
    };
    const Expr at_source = place(source, p);
    y = select(has_inside, most(p, select(turn(c) != 0.0f, same, next)), most(p, at_source));
    y_anywhere = most(p, at_source);
    pixel_at_end = clamp(select(end < kReach, end, pixels - 2 * kReach + end), 0, pixels - 1);
    y_at_end = most(pixel_at_end, place(source, pixel_at_end));
  }
};

/// The same of planes of pixels: which channel is the shifted one is a matter of addresses only.
struct PlanarShiftMax {
  Var c{"c"}, p{"p"}, n{"n"};
  Func y{"result"};
  template <class X, class A>
  PlanarShiftMax(const X& x, const A& a, Expr C, Expr G, Expr J, Expr K) {
    const Expr Cg = C / G, source = (c / Cg + 1) % G * Cg + (c % Cg + 1) % Cg;
    const Expr shifted = x(p, unsafe_promise_clamped(source, 0, C - 1), n);
    const auto branch = [&](Expr k) {
      return a(c, 0, k, n) * x(p, c, n) + select(J > 1, a(c, min(1, J - 1), k, n) * shifted, 0.0f);
    };
    const Expr first = branch(0), second = branch(min(1, K - 1));
    y(p, c, n) = select(second <= first, first, second);
  }
};

/// a[k, j, c] = (hard_sigmoid(u[(k J + j) C + c]) - 1/2) * range + offsets[k J + j]
struct ShiftMaxCoefficients {
  Var c{"c"}, j{"j"}, k{"k"}, n{"n"};
  Func a{"a"};
  template <class U, class Offsets>
  ShiftMaxCoefficients(const U& u, const Offsets& offsets, Expr range, Expr C, Expr J) {
    const Expr set = clamp(k * J + j, 0, offsets.dim(0).extent() - 1);
    const Expr v = u(clamp(set * C + c, 0, u.dim(0).extent() - 1), n) + 3.0f;
    const Expr hard_sigmoid = select(v<0.0f, 0.0f, v> 6.0f, 6.0f, v) * (1.0f / 6);
    a(c, j, k, n) = (hard_sigmoid - 0.5f) * range + offsets(set);
  }
};

}  // namespace lithe
