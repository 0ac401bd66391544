#pragma once
// Python's pickle format, read without executing anything: a call stays a record of the call. Protocols 2 to 5.
// https://github.com/python/cpython/blob/main/Lib/pickletools.py

#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lithe::torch {

enum class Kind : uint8_t {
  kNone,
  kBool,
  kInteger,
  kBigInteger,  // more than 64 bits
  kFloat,
  kString,
  kBytes,  // also a Python 2 string that is not UTF-8
  kTuple,
  kList,
  kDict,
  kSet,
  kGlobal,      // a class or function by name
  kObject,      // what calling a global would have given
  kPersistent,  // an object that lies outside of the pickle
};

/// Values refer to each other and may form cycles, as in Python.
struct Value {
  Kind kind = Kind::kNone;
  int64_t integer = 0;              // kBool, kInteger
  double number = 0;                // kFloat
  std::string text;                 // kString, kBytes, kBigInteger (little-endian); kGlobal, kObject: "module.name"
  std::vector<const Value*> items;  // elements; kObject: the tuple of arguments; kPersistent: the id
  std::vector<std::pair<const Value*, const Value*>> entries;  // of a kDict, or of a kObject filled like one
};

struct Pickle {
  std::deque<Value> values;  // owns them all
  const Value* root = nullptr;
  std::vector<const Value*> persistent;  // in the order of the file
  std::set<std::string> globals;         // every class and function that is named
  std::size_t size = 0;                  // bytes up to and with STOP
};

/// Reads one pickle from the start of `bytes`. Throws Error(kInput) if it is damaged, holds an operation that
/// torch.save never writes, or exceeds the bounds on operations, objects, text, open marks and memo.
Pickle read_pickle(std::string_view bytes, const std::string& where);

}  // namespace lithe::torch
