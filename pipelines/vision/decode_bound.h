#pragma once
// What reading images costs alone: no job on a folder of images can be faster.

#include "pipelines/model/preprocessing.h"
#include "pipelines/vision/classify.h"

namespace lithe {

struct DecodeBound {
  int64_t images = 0, failures = 0;   // of one pass over the list
  double seconds = 0;                 // of the fastest pass
  double decode = 0, preprocess = 0;  // seconds of work of that pass, summed over threads

  double images_per_second() const { return seconds > 0 ? static_cast<double>(images) / seconds : 0; }
};

/// Reads, decodes, resizes, crops and normalises all images in parallel, with the functions of the classify job, and
/// throws the results away. A first pass brings the files into the page cache; at least three more follow, and as many
/// as fit into `min_seconds`. Threads as for the classify job.
DecodeBound decode_bound(const ImageList& images, const Preprocessing& preprocessing, double min_seconds);

}  // namespace lithe
