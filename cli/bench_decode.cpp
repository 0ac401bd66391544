#include "cli/bench_decode.h"

#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/machine.h"
#include "datasets/image_list.h"
#include "pipelines/core/threads.h"
#include "pipelines/vision/module.h"

namespace lithe::cli {

nlohmann::ordered_json measure_decoding(const std::string& folder, double min_seconds) {
  const DecodeBound bound =
      vision().decode_bound(list_images({folder}, "", std::cin, vision().may_be_image), {}, min_seconds);
  return {{"folder", folder},
          {"images", bound.images},
          {"failures", bound.failures},
          {"threads", threads()},
          {"device", cpu_name()},
          {"decode_ms", 1e3 * bound.decode / static_cast<double>(bound.images)},
          {"preprocess_ms", 1e3 * bound.preprocess / static_cast<double>(bound.images)},
          {"images_per_second", bound.images_per_second()}};
}

}  // namespace lithe::cli
