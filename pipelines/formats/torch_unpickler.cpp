#include "pipelines/formats/torch_unpickler.h"

#include <charconv>
#include <cstring>

#include "pipelines/core/error.h"
#include "pipelines/formats/text.h"

namespace lithe::torch {
namespace {

// A checkpoint of ResNet-101 with its optimiser takes about 20,000 objects and 100,000 operations.
constexpr std::size_t kMaxOperations = 8'000'000, kMaxObjects = 1'000'000, kMaxMarks = 1000;
constexpr int64_t kMaxTextBytes = 64 << 20;

}  // namespace

Pickle Unpickler::read() {
  for (std::size_t operations = 0;; ++operations) {
    if (operations == kMaxOperations) fail("more than " + std::to_string(kMaxOperations) + " operations");
    operation_ = position_;
    const auto code = static_cast<uint8_t>(take(1)[0]);
    if (code == '.') break;
    execute(code);
  }
  result_.root = pop();
  result_.size = position_;
  return std::move(result_);
}

void Unpickler::fail(const std::string& what) const {
  throw Error(ErrorKind::kInput, where_ + ": pickle, byte " + std::to_string(operation_) + ": " + what +
                                     "; expected what torch.save writes, is the file damaged?");
}

std::string_view Unpickler::take(uint64_t count) {
  if (count > bytes_.size() - position_) fail("ends early: " + std::to_string(count) + " more bytes were announced");
  const std::string_view part = bytes_.substr(position_, count);
  position_ += count;
  return part;
}

uint64_t Unpickler::number(std::size_t count) {
  uint64_t value = 0;
  const std::string_view part = take(count);
  for (std::size_t i = count; i-- > 0;) value = value << 8 | static_cast<uint8_t>(part[i]);
  return value;
}

std::string_view Unpickler::line() {
  const std::size_t end = bytes_.find('\n', position_);
  if (end == std::string_view::npos) fail("a line does not end");
  const std::string_view part = take(end - position_);
  take(1);
  return part;
}

Value* Unpickler::make(Kind kind, std::string_view text) {
  if (result_.values.size() == kMaxObjects) fail("more than " + std::to_string(kMaxObjects) + " objects");
  text_bytes_ += static_cast<int64_t>(text.size());
  if (text_bytes_ > kMaxTextBytes) fail("more than " + std::to_string(kMaxTextBytes) + " bytes of text");
  Value& value = result_.values.emplace_back();
  value.kind = kind;
  value.text = text;
  return &value;
}

void Unpickler::push_integer(uint64_t value, Kind kind) {
  push(make(kind));
  stack_.back()->integer = static_cast<int64_t>(value);
}

// Python 2 writes integers of more than 32 bits as text.
void Unpickler::push_text_integer() {
  const std::string_view text = line();
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) fail("expected an integer, found " + printable(text));
  push_integer(static_cast<uint64_t>(value));
}

void Unpickler::push_long(uint64_t count) {
  const std::string_view part = take(count);
  if (count > 8) return push(make(Kind::kBigInteger, part));
  uint64_t value = count != 0 && (part.back() & 0x80) != 0 ? ~uint64_t{0} : 0;  // two's complement
  for (std::size_t i = count; i-- > 0;) value = value << 8 | static_cast<uint8_t>(part[i]);
  push_integer(value);
}

void Unpickler::push_float() {
  uint64_t bits = 0;
  for (const char c : take(8)) bits = bits << 8 | static_cast<uint8_t>(c);  // big-endian, unlike everything else
  push(make(Kind::kFloat));
  std::memcpy(&stack_.back()->number, &bits, sizeof bits);
}

void Unpickler::push_string(std::string_view text) { push(make(is_utf8(text) ? Kind::kString : Kind::kBytes, text)); }

void Unpickler::push_tuple(std::size_t count) {
  Value* tuple = make(Kind::kTuple);
  tuple->items.resize(count);
  for (std::size_t i = count; i-- > 0;) tuple->items[i] = pop();
  push(tuple);
}

void Unpickler::push_marked(Kind kind, const std::vector<const Value*>& items) {
  push(make(kind));
  stack_.back()->items = items;
}

void Unpickler::push_global(std::string_view module, std::string_view name) {
  if (!is_utf8(module) || !is_utf8(name)) fail("the name of a class is not UTF-8");
  Value* global = make(Kind::kGlobal, std::string(module) + "." + std::string(name));
  result_.globals.insert(global->text);
  push(global);
}

void Unpickler::push_stack_global() {
  const Value *name = pop(), *module = pop();
  if (name->kind != Kind::kString || module->kind != Kind::kString) fail("the name of a class is not a string");
  push_global(module->text, name->text);
}

void Unpickler::push_persistent() {
  Value* value = make(Kind::kPersistent);
  value->items = {pop()};
  result_.persistent.push_back(value);
  push(value);
}

Value* Unpickler::peek() const {
  if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) fail("takes a value from an empty stack");
  return stack_.back();
}

Value* Unpickler::pop() {
  Value* top = peek();
  stack_.pop_back();
  return top;
}

void Unpickler::push_mark() {
  if (marks_.size() == kMaxMarks) fail("more than " + std::to_string(kMaxMarks) + " nested marks");
  marks_.push_back(stack_.size());
}

std::vector<const Value*> Unpickler::pop_to_mark() {
  if (marks_.empty()) fail("there is no mark on the stack");
  const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
  std::vector<const Value*> values(first, stack_.end());
  stack_.erase(first, stack_.end());
  marks_.pop_back();
  return values;
}

// An object swallows what is appended to it: nobody looks inside one that we do not know.
void Unpickler::append(const std::vector<const Value*>& values) {
  Value* target = peek();
  if (target->kind == Kind::kObject) return;
  if (target->kind != Kind::kList && target->kind != Kind::kSet) fail("appends to something that is not a list");
  target->items.insert(target->items.end(), values.begin(), values.end());
}

void Unpickler::set_entries(const std::vector<const Value*>& keys_and_values) {
  Value* target = peek();
  if (target->kind != Kind::kDict && target->kind != Kind::kObject) fail("sets a key of something without keys");
  if (keys_and_values.size() % 2 != 0) fail("a key without a value");
  for (std::size_t i = 0; i < keys_and_values.size(); i += 2) {
    target->entries.emplace_back(keys_and_values[i], keys_and_values[i + 1]);
  }
}

void Unpickler::set_entry() {
  const Value *value = pop(), *key = pop();
  set_entries({key, value});
}

void Unpickler::call() {
  const Value *arguments = pop(), *callee = pop();
  call(callee, arguments);
}

void Unpickler::call_old_style() {
  const std::vector<const Value*> values = pop_to_mark();
  if (values.empty()) fail("an object without a class");
  Value* arguments = make(Kind::kTuple);
  arguments->items.assign(values.begin() + 1, values.end());
  call(values.front(), arguments);
}

// Calls nothing: the object remembers which global would have been called with what.
void Unpickler::call(const Value* callee, const Value* arguments) {
  // Streams before torch 1.6 give a network's class as the persistent id ("module", class, file, source).
  if (callee->kind == Kind::kPersistent && callee->items[0]->items.size() > 1) callee = callee->items[0]->items[1];
  if (callee->kind != Kind::kGlobal && callee->kind != Kind::kObject) fail("calls something that is not a class");
  if (arguments->kind != Kind::kTuple) fail("calls " + printable(callee->text) + " without a tuple of arguments");
  Value* object = make(Kind::kObject, callee->text);
  object->items = {arguments};
  push(object);
}

// Attributes are of no interest, neither those of objects that we do not know nor `_metadata` of a state_dict.
void Unpickler::set_state() {
  pop();
  if (peek()->kind != Kind::kObject) fail("sets attributes of something that is not an object");
}

void Unpickler::put(uint64_t index) {
  if (memo_.size() == kMaxObjects) fail("more than " + std::to_string(kMaxObjects) + " memo entries");
  memo_[index] = peek();
}

void Unpickler::get(uint64_t index) {
  const auto found = memo_.find(index);
  if (found == memo_.end()) fail("reads memo entry " + std::to_string(index) + ", which was never written");
  push(found->second);
}

}  // namespace lithe::torch
