#pragma once

namespace lithe {

/// While one lives, what its thread writes to std::cerr is dropped. OpenCV reports damaged files there on its own, in
/// between progress lines that programs read; the reason stands in the record anyway.
class Quiet {
 public:
  Quiet();
  ~Quiet();
  Quiet(const Quiet&) = delete;
};

}  // namespace lithe
