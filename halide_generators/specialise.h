#pragma once
#include <algorithm>
#include <optional>

#include "Halide.h"
#include "halide_generators/kernel_spec.h"

// What a generator is told about the one call that it compiles a kernel for. Generic kernels are told nothing; the
// kernel compiler fixes extents, strides and scalars, and may choose tile sizes.
namespace lithe {

/// A choice of a schedule that never changes a result, only its speed.
struct Tunable {
  std::string name;
  int usual;
  std::vector<int> values;
};

struct Specialisation {
  std::optional<KernelSpec> call;
  std::map<std::string, int> tile;  // what was chosen instead of the usual value
  std::vector<Tunable> tunables;    // what could be chosen: the schedule's calls of `tunable`, in their order
};

/// Of the kernel that is being generated; one at a time.
inline Specialisation& specialisation() {
  static Specialisation current;
  return current;
}

/// A number that a schedule is free to choose. `values` are worth trying. Stages that ask for one name share its value.
inline int tunable(const std::string& name, int usual, std::vector<int> values) {
  Specialisation& s = specialisation();
  const auto same = [&](const Tunable& t) { return t.name == name; };
  if (std::none_of(s.tunables.begin(), s.tunables.end(), same)) s.tunables.push_back({name, usual, std::move(values)});
  const auto chosen = s.tile.find(name);
  return chosen == s.tile.end() ? usual : chosen->second;
}

/// Extents and strides of a buffer, where they are known.
template <class Buffer>
void fix_dimensions(Buffer& buffer) {
  const auto& call = specialisation().call;
  if (!call) return;
  const std::vector<KernelSpec::Dim>& dims = call->buffers.at(buffer.name());
  for (int i = 0; i < buffer.dimensions(); ++i) {
    buffer.dim(i)
        .set_bounds(0, dims.at(static_cast<size_t>(i)).extent)
        .set_stride(dims.at(static_cast<size_t>(i)).stride);
  }
}

/// The extent of dimension `i`, a constant where it is known.
template <class Buffer>
Halide::Expr extent(const Buffer& buffer, int i) {
  const auto& call = specialisation().call;
  if (call) return call->buffers.at(buffer.name()).at(static_cast<size_t>(i)).extent;
  return buffer.dim(i).extent();
}

/// A scalar argument, which is a constant where it is known. Not for factors and summands: Halide folds constants of
/// neighbouring operations into one, and the bits of the result would differ.
template <class T>
class Scalar : public Halide::GeneratorInput<T> {
 public:
  explicit Scalar(const std::string& name) : Halide::GeneratorInput<T>(name), name_(name) {}
  operator Halide::Expr() const {
    const auto& call = specialisation().call;
    if (call) return Halide::Internal::make_const(Halide::type_of<T>(), call->scalars.at(name_));
    return Halide::GeneratorInput<T>::operator Halide::Expr();
  }

 private:
  std::string name_;
};

}  // namespace lithe
