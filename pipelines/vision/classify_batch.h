#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "pipelines/formats/image_record.h"
#include "pipelines/vision/classify_setup.h"
#include "pipelines/vision/decode.h"

namespace lithe {

/// What travels through the pipeline: some inputs, their records, and what the network will see of them. Batches are
/// used again and again: allocating their pixels anew leaves holes that make a long run grow.
struct Batch {
  std::vector<ImageRecord> records;  // one per input, in order
  std::vector<cv::Mat> pixels;       // of the inputs that could be read: 8 bit, a quarter of a float's memory
  double decode = 0, preprocess = 0, infer = 0;  // seconds of work
};

/// Reads, decodes, resizes and crops the file `root`/path into `pixels`; `whole`: only decodes. A broken one is an
/// error in the record.
void read_one(const std::string& root, const Preprocessing& preprocessing, const DecodeLimits& limits, cv::Mat* pixels,
              ImageRecord* record, bool whole = false);

/// The files of all records, in parallel.
void read_images(const std::string& root, const ClassifySetup& setup, const DecodeLimits& limits, Batch* batch);

/// Normalises the pixels and fills in the `top` best classes. Scores that are not finite become an error record.
void classify_images(const ClassifySetup& setup, int top, Batch* batch);

/// The best classes of one row of scores, equal ones by index; a softmax is taken unless they are probabilities.
std::vector<TopClass> top_classes(const float* scores, int64_t classes, bool probabilities, int top,
                                  const std::vector<std::string>& labels);

}  // namespace lithe
