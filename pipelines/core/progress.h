#pragma once

#include <cstdint>
#include <string>

namespace lithe {

/// How a long job tells where it stands. Calls come from any thread, one at a time; only `interrupted` comes at any
/// time.
class Progress {
 public:
  virtual ~Progress() = default;
  /// `total` steps, of which an earlier run of the same job finished `already`.
  virtual void begin(int64_t total, int64_t already = 0) = 0;
  /// `done` more steps are finished, `failed` of them without a result.
  virtual void advance(int64_t done, int64_t failed) = 0;
  /// One line for the user.
  virtual void message(const std::string& text) = 0;
  /// Whether the user asked to stop: the job finishes its batch, writes it down and returns.
  virtual bool interrupted() const = 0;
};

/// For callers that do not watch.
class NoProgress final : public Progress {
 public:
  void begin(int64_t, int64_t) override {}
  void advance(int64_t, int64_t) override {}
  void message(const std::string&) override {}
  bool interrupted() const override { return false; }
};

}  // namespace lithe
