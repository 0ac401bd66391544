#pragma once
// How a long job shows where it stands, on standard error.

#include <string>

#include "pipelines/core/clock.h"
#include "pipelines/core/progress.h"

namespace lithe::cli {

struct ProgressOptions {
  std::string progress = "auto";
  bool quiet = false;
  template <class Field>
  void visit(Field&& f) {
    f("progress", progress, "on standard error; auto: a bar on a terminal, else plain lines",
      "auto|bar|plain|json|none");
    f("quiet", quiet, "nothing on standard error but errors");
  }
};

class ProgressDisplay final : public Progress {
 public:
  explicit ProgressDisplay(const ProgressOptions& options);
  ~ProgressDisplay() override;
  void begin(int64_t total, int64_t already) override;
  void advance(int64_t done, int64_t failed) override;
  void message(const std::string& text) override;
  bool interrupted() const override;

 private:
  enum class Style { kNone, kBar, kPlain, kJson };

  void show();
  std::string line() const;  // "512/1000  51%  44.1/s  ETA 0:11  3 failed"
  double rate() const;       // steps of this run per second
  double remaining() const;  // seconds, at that rate

  Style style_;
  bool quiet_, bar_drawn_ = false;
  int64_t total_ = 0, already_ = 0, done_ = 0, failed_ = 0;
  Clock::time_point start_, shown_;
};

}  // namespace lithe::cli
