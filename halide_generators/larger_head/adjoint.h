#pragma once
#include "halide_generators/larger_head/algorithm.h"

namespace lithe {

/// The head that spoke gets the gradient.
struct LargerHeadGradient {
  Var c{"c"}, n{"n"};
  LargerHead head;
  Func dp{"dp"}, dq{"dq"};
  template <class P>
  LargerHeadGradient(const P& p, const P& q, const P& dy) : head(p, q) {
    const Expr is_p = head.most_p(n) >= head.most_q(n);
    dp(c, n) = select(is_p, dy(c, n), 0.0f);
    dq(c, n) = select(is_p, 0.0f, dy(c, n));
  }
};

}  // namespace lithe
