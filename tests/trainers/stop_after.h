#pragma once

#include "pipelines/core/progress.h"

namespace lithe::test {

/// Stops a run after some of its steps.
class StopAfter final : public Progress {
 public:
  explicit StopAfter(int64_t steps) : left_(steps) {}
  void begin(int64_t, int64_t) override {}
  void advance(int64_t done, int64_t) override { left_ -= done; }
  void message(const std::string&) override {}
  bool interrupted() const override { return left_ <= 0; }

 private:
  int64_t left_;
};

}  // namespace lithe::test
