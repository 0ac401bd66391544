#pragma once

#include <cstdint>
#include <string>

#include "pipelines/core/progress.h"

namespace lithe {

struct MakeDigitsOptions {
  std::string output, split = "train";  // OUTPUT/SPLIT-images-idx4-ubyte and its labels
  std::string fonts;                    // folder that is searched for fonts; empty: those of the system
  int64_t count = 0;
  uint64_t seed = 1;
};

/// Writes `count` images of rendered digits, 32 x 32 in colour, as IDX: after SynDigits (Ganin and Lempitsky, ICML
/// 2015), any font, colours, slant and rotation, neighbours at the sides, blur and noise. SPLIT-fonts.txt names the
/// fonts. The same seed and fonts give the same bits on any number of threads. Returns the number of fonts; nothing is
/// written if `progress` is interrupted. Throws Error(kUsage) for a count below 1, Error if no font has digits,
/// Error(kOutput) if something cannot be written.
int64_t make_digits(const MakeDigitsOptions& options, Progress& progress);

}  // namespace lithe
