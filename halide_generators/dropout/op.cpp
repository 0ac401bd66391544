// The identity in inference; p is the share that training drops.

#include "pipelines/graph/op.h"

namespace lithe {

LITHE_REGISTER_OP(dropout)
    .summary("the identity in inference; training drops a share p of the elements")
    .input("x", "...")
    .output("y", "...")
    .attribute("p", 0.5)
    .gradients("x")
    .view();

}  // namespace lithe
