#pragma once
// One domain of a backbone on disk: what it changes in the backbone's weights, in a small file of its own
// (docs/model_file.md).

#include <string>
#include <vector>

#include "pipelines/model/model.h"
#include "pipelines/networks/adapters.h"

namespace lithe {

struct Domain {
  std::string name, method;
  std::string backbone;  // hash of the model that it belongs to
  Model model;           // network, options, labels, preprocessing, source; no weights
  /// A tensor of a parameter's name replaces it. NAME.up and NAME.down, or NAME.full, and NAME.scale change the weights
  /// of a convolution as an adapter behind it does (fold_adapters.h).
  std::map<std::string, Tensor> tensors;
};

/// The domain of a backbone's graph, of other weights, with adapters at `places` or without any (if that is empty).
/// `adapted`: the graph with adapters or the backbone's own, with as many classes as the domain has. BatchNorms are
/// stored as factor and shift under the backbone's statistics; what is as in the backbone is not stored. `adapted`
/// holds the options to build the plain network with.
Domain domain_of(const std::string& name, const Model& backbone, const Model& adapted,
                 const std::vector<AdapterPlace>& places);

/// The backbone with the domain's weights: the plain network at its own cost. Throws Error if the domain belongs to
/// another backbone.
Model in_domain(const Model& backbone, const Domain& domain);

/// Makes the folder if there is none. Throws Error(kOutput) if it cannot be written.
void save_domain(const Domain& domain, const std::string& path);
/// Throws Error if it is no file of a domain.
Domain read_domain(const std::string& path);

/// Where a domain of the model file `model` lies: domains/NAME.safetensors beside it, or `name` itself if that is a
/// file's name.
std::string domain_file(const std::string& model, const std::string& name);

/// Numbers that the domain adds to the backbone, without those of its classifier.
int64_t added_parameters(const Domain& domain);

}  // namespace lithe
