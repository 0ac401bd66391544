#pragma once
// The reverse direction of one node.

#include <memory>
#include <string>
#include <vector>

#include "pipelines/graph/graph.h"
#include "pipelines/graph/kept_calls.h"
#include "pipelines/graph/pooled_tensor.h"

namespace lithe {

class NodeRun;

/// What gives the gradients of the inputs `wanted` (one flag per input value) of a node. Throws Error naming the input
/// that has none for these extents and attributes.
std::vector<const Adjoint*> choose_adjoints(const Node& node, const Dims& dims, const std::vector<bool>& wanted);

/// The ports whose values of the forward pass an adjoint reads.
std::vector<std::string> values_read(const Node& node, const Dims& dims, const Adjoint& adjoint);

/// A node on its way back.
struct NodeState {
  const Node& node;
  const Dims& dims;
  std::vector<Shape> shapes;            // of the inputs
  std::vector<Tensor> inputs, outputs;  // of these, only what the adjoint reads must be there
  bool planar;  // whether output 0 lay row-major: so do then the gradients of elementwise kernels
};

/// One adjoint of one node, again and again: what does not depend on the tensors is found out once. Not thread safe.
class AdjointRun {
 public:
  /// `adjoint` must outlive it. Without `specialised` kernels the generic ones serve.
  explicit AdjointRun(const Adjoint& adjoint, bool specialised = true);
  ~AdjointRun();
  AdjointRun(AdjointRun&&) noexcept;

  const Adjoint& adjoint() const { return *adjoint_; }
  /// The gradients that the adjoint gives, one per input of the node; the others are empty. Node, dimensions and shapes
  /// are the same every time. `dy`: the gradient of output 0, same shape; the result may share its memory.
  std::vector<Tensor> operator()(const NodeState& state, const Tensor& dy);
  /// The calls of the last run.
  const KeptCalls& calls() const;

 private:
  struct Argument {
    std::string name;
    bool is_image;
    const Kernel::Pack* pack;     // none: as it is
    std::vector<size_t> inputs;   // where it stands among those of the node;
    std::vector<size_t> outputs;  // or among the outputs; nowhere: dy
  };
  struct Other;  // another operator's node

  void lay_out(const NodeState& state);
  Tensor value_of(const Argument& argument, const NodeState& state, const Tensor& dy, bool planar) const;
  Tensor gradient_of_other(const NodeState& state, const Tensor& dy);
  std::vector<Tensor> gradients_of_kernel(const NodeState& state, const Tensor& dy);
  std::vector<Tensor> gradients_by_value(const NodeState& state, const Tensor& dy, bool planar);
  void call(const NodeState& state, const std::vector<std::pair<std::string, Tensor>>& arguments, bool planar);

  const Adjoint* adjoint_;
  bool specialised_, is_laid_out_ = false;
  std::vector<Argument> reads_;  // dy among them
  std::vector<size_t> given_;    // the inputs whose gradients it gives
  std::unique_ptr<Other> other_;
  std::vector<size_t> places_;  // where the last call took its arguments; empty before it
  bool planar_ = false;         // whether that was in row-major images
  KeptCalls calls_;
};

/// One run of it with generic kernels.
std::vector<Tensor> run_adjoint(const NodeState& state, const Adjoint& adjoint, const Tensor& dy);

}  // namespace lithe
