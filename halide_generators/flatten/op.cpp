// One row per image, in the order C, H, W.

#include "pipelines/graph/op.h"

namespace lithe {

LITHE_REGISTER_OP(flatten)
    .summary("one row of C*H*W numbers per image")
    .input("x", "N C H W")
    .output("y", "N CHW")
    .gradients("x")
    .derive([](Dims& d) { d.set("CHW", d("C H W")); })
    .view();

}  // namespace lithe
