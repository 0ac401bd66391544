#include "halide_generators/concat/schedule.h"

namespace {

class Concat : public Halide::Generator<Concat> {
 public:
  Input<Buffer<float>> xs{"xs", 4};
  Output<Buffer<float>> y{"y", 4};

  void configure() {
    if (get_target().has_gpu_feature()) first_ = add_input<int32_t>("first_channel");
  }
  void generate() {
    if (first_ == nullptr) {
      lithe::Concat f(xs);
      y(f.w, f.h, f.c, f.n) = f.y(f.w, f.h, f.c, f.n);
      lithe::channels_innermost(xs, 2), lithe::channels_innermost(y, 2);
      lithe::schedule(f, y, get_target());
    } else {
      lithe::ConcatBehind f(xs, *first_);
      y(f.w, f.h, f.c, f.n) = Halide::undef<float>();
      y(f.w, f.h, f.output, f.n) = f.value;
      lithe::channels_innermost(xs, 2), lithe::channels_innermost(y, 2);
      lithe::schedule_gpu(f, y);
    }
  }

 private:
  Input<int32_t>* first_ = nullptr;  // of the channels of y, on devices
};

}  // namespace

HALIDE_REGISTER_GENERATOR(Concat, concat)
LITHE_GPU_KERNELS(concat);
