#pragma once

#include <string>
#include <vector>

#include "pipelines/core/tensor.h"
#include "pipelines/formats/image_record.h"
#include "pipelines/vision/classify_setup.h"
#include "pipelines/vision/decode.h"

namespace lithe {

/// What travels through the pipeline: some inputs, their records, and the images that could be read. Batches are used
/// again and again: allocating their images anew leaves holes that make a long run grow.
struct Batch {
  std::vector<ImageRecord> records;              // one per input, in order
  Tensor buffer;                                 // room for an image per input
  Tensor images;                                 // N C H W of the records without an error, in their order; in `buffer`
  double decode = 0, preprocess = 0, infer = 0;  // seconds of work
};

/// Reads, decodes and preprocesses the file `root`/path into `image` (1 C H W). A broken one is an error in the record.
void read_one(const std::string& root, const Preprocessing& preprocessing, const DecodeLimits& limits,
              const Tensor& image, ImageRecord* record);

/// Reads, decodes and preprocesses the files `root`/path of all records, in parallel, into the layout that the
/// classifier reads.
void read_images(const std::string& root, const ClassifySetup& setup, const DecodeLimits& limits, Batch* batch);

/// Fills in the `top` best classes. Scores that are not finite become an error record.
void classify_images(const ClassifySetup& setup, int top, Batch* batch);

/// The best classes of one row of scores, equal ones by index; a softmax is taken unless they are probabilities.
std::vector<TopClass> top_classes(const float* scores, int64_t classes, bool probabilities, int top,
                                  const std::vector<std::string>& labels);

}  // namespace lithe
