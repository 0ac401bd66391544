#pragma once
// The stack machine of pickles. Its operations are named by what they do; torch_pickle.cpp gives them their codes.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pipelines/formats/torch_pickle.h"

namespace lithe::torch {

class Unpickler {
 public:
  Unpickler(std::string_view bytes, const std::string& where) : bytes_(bytes), where_(where) {}
  Pickle read();

 private:
  void execute(uint8_t code);
  [[noreturn]] void fail(const std::string& what) const;

  std::string_view take(uint64_t count);
  uint64_t number(std::size_t count);  // little-endian, unsigned, of `count` bytes
  std::string_view line();

  Value* make(Kind kind, std::string_view text = {});
  void push(Value* value) { stack_.push_back(value); }
  void push_integer(uint64_t value, Kind kind = Kind::kInteger);
  void push_text_integer();
  void push_long(uint64_t count);
  void push_float();
  void push_string(std::string_view text);
  void push_tuple(std::size_t count);
  void push_marked(Kind kind, const std::vector<const Value*>& items);
  void push_global(std::string_view module, std::string_view name);
  void push_stack_global();
  void push_persistent();

  Value* peek() const;
  Value* pop();
  void push_mark();
  std::vector<const Value*> pop_to_mark();

  void append(const std::vector<const Value*>& values);
  void set_entries(const std::vector<const Value*>& keys_and_values);
  void set_entry();
  void call();
  void call_old_style();
  void call(const Value* callee, const Value* arguments);
  void set_state();

  void put(uint64_t index);
  void get(uint64_t index);

  std::string_view bytes_;
  const std::string& where_;
  std::size_t position_ = 0, operation_ = 0;  // next byte; first byte of the running operation
  int64_t text_bytes_ = 0;
  Pickle result_;
  std::vector<Value*> stack_;
  std::vector<std::size_t> marks_;
  std::unordered_map<uint64_t, Value*> memo_;
};

}  // namespace lithe::torch
