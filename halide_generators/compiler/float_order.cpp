// Halide lets LLVM reorder floating-point sums, which makes the bits of a result depend on what is known at compile
// time: extents, tile sizes, the instruction set. Lithe promises the same bits for a generic and a specialised kernel.
// Halide 14 offers only all or nothing, and nothing (StrictFloat) also forbids fused multiply-adds, half of the speed.
// So the one function through which Halide marks LLVM's instructions is replaced here, in the programs that generate
// kernels: of all liberties only contraction into a multiply-add remains.

#include <dlfcn.h>
#include <llvm/IR/Operator.h>

void llvm::Instruction::setFastMathFlags(FastMathFlags given) {
  using Original = void (*)(Instruction*, FastMathFlags);
  static const auto original =
      reinterpret_cast<Original>(dlsym(RTLD_NEXT, "_ZN4llvm11Instruction16setFastMathFlagsENS_13FastMathFlagsE"));
  FastMathFlags kept;
  kept.setAllowContract(given.allowContract());
  original(this, kept);
}
