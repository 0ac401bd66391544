#include "pipelines/formats/safetensors_header.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "pipelines/core/error.h"
#include "pipelines/formats/text.h"

namespace lithe {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxRank = 64;  // PyTorch's own limit

// The header is small in honest files and may be 100 MB in others, so it is read without building a document:
// {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, "__metadata__": {"key": "value"}}
class HeaderReader : public nlohmann::json_sax<json> {
 public:
  HeaderReader(const std::string& where, SafetensorsHeader* header) : where_(where), header_(header) {}

  bool key(string_t& name) override {
    if (depth_ == 1) return start_entry(name);
    if (!keys_.insert(name).second) fail(printable(name) + " is given twice");
    if (!in_metadata_ && name != "dtype" && name != "shape" && name != "data_offsets") {
      fail("unknown key " + printable(name) + ", expected dtype, shape or data_offsets");
    }
    key_ = name;
    return true;
  }
  bool start_object(std::size_t) override {
    if (depth_ == 2) unexpected("an object");
    ++depth_;
    return true;
  }
  bool end_object() override {
    if (--depth_ == 1 && !in_metadata_) finish_entry();
    return true;
  }
  bool start_array(std::size_t) override {
    if (depth_ != 2 || in_metadata_ || in_array_ || key_ == "dtype") unexpected("an array");
    in_array_ = true;
    return true;
  }
  bool end_array() override {
    in_array_ = false;
    return true;
  }
  bool string(string_t& text) override {
    if (depth_ != 2 || in_array_ || (!in_metadata_ && key_ != "dtype")) unexpected("a string");
    (in_metadata_ ? header_->metadata[key_] : dtype_) = text;
    return true;
  }
  bool number_unsigned(number_unsigned_t value) override {
    if (!in_array_ || value > static_cast<uint64_t>(INT64_MAX)) unexpected("the number " + std::to_string(value));
    std::vector<int64_t>& numbers = key_ == "shape" ? entry_.shape : offsets_;
    if (numbers.size() == kMaxRank) fail(key_ + " has more than " + std::to_string(kMaxRank) + " numbers");
    numbers.push_back(static_cast<int64_t>(value));
    return true;
  }
  bool number_integer(number_integer_t value) override { unexpected("the number " + std::to_string(value)); }
  bool number_float(number_float_t, const string_t& text) override { unexpected("the number " + text.substr(0, 40)); }
  bool boolean(bool) override { unexpected("a boolean"); }
  bool null() override { unexpected("null"); }
  bool binary(binary_t&) override { unexpected("binary data"); }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    name_.clear();
    fail("not JSON at byte " + std::to_string(position));
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorKind::kInput, where_ + ": safetensors header" + (name_.empty() ? "" : ", " + printable(name_)) +
                                       ": " + what + "; the file is damaged or not safetensors");
  }
  [[noreturn]] void unexpected(const std::string& found) const {
    fail((depth_ < 2        ? "expected an object per tensor"
          : in_metadata_    ? "expected text"
          : key_ == "dtype" ? "expected the name of a type"
                            : key_ + ": expected an array of non-negative integers") +
         std::string(", found ") + found);
  }

  bool start_entry(const std::string& name) {
    name_ = name;
    in_metadata_ = name == "__metadata__";
    if (!names_.insert(name).second) fail("is given twice");
    keys_.clear();
    entry_ = {};
    dtype_.clear();
    offsets_.clear();
    return true;
  }
  void finish_entry() {
    if (keys_.size() != 3) fail("expected dtype, shape and data_offsets");
    entry_.dtype = parse_dtype();
    if (offsets_.size() != 2) fail("data_offsets: expected two numbers, found " + std::to_string(offsets_.size()));
    entry_.begin = offsets_[0];
    entry_.end = offsets_[1];
    int64_t bytes = size_of(entry_.dtype);
    bool overflow = false;
    for (const int64_t extent : entry_.shape) {
      // Counted without zeros: strides are products of extents, also in a tensor without elements.
      overflow = __builtin_mul_overflow(bytes, std::max<int64_t>(extent, 1), &bytes) || overflow;
    }
    if (overflow) fail("the shape " + to_string(entry_.shape) + " has more than 2^63 bytes");
    if (elements(entry_.shape) == 0) bytes = 0;
    if (entry_.begin > entry_.end || entry_.end - entry_.begin != bytes) {
      fail(std::string(name_of(entry_.dtype)) + " of shape " + to_string(entry_.shape) + " has " +
           std::to_string(bytes) + " bytes, data_offsets are " + std::to_string(entry_.begin) + " to " +
           std::to_string(entry_.end));
    }
    header_->tensors.emplace(name_, entry_);
  }
  DType parse_dtype() const {
    std::string known;
    for (const DType dtype : {DType::kF32, DType::kF64, DType::kF16, DType::kBF16, DType::kI64, DType::kI32,
                              DType::kI16, DType::kI8, DType::kU8, DType::kBool}) {
      if (dtype_ == name_of(dtype)) return dtype;
      known += std::string(" ") + name_of(dtype);
    }
    fail("type " + printable(dtype_) + " is not supported, expected one of" + known + "; convert the tensor first");
  }

  const std::string& where_;
  SafetensorsHeader* header_;
  int depth_ = 0;
  bool in_metadata_ = false, in_array_ = false;
  std::set<std::string> names_, keys_;  // of the header; of the current object
  std::string name_, key_, dtype_;      // current tensor, current key
  SafetensorsHeader::Entry entry_;
  std::vector<int64_t> offsets_;
};

// Tensors in the order of the data must follow each other exactly.
int64_t check_coverage(const SafetensorsHeader& header, const std::string& where) {
  using Named = std::map<std::string, SafetensorsHeader::Entry>::const_pointer;
  std::vector<Named> order;
  for (const auto& named : header.tensors) order.push_back(&named);
  std::sort(order.begin(), order.end(), [](Named a, Named b) {
    return std::make_pair(a->second.begin, a->second.end) < std::make_pair(b->second.begin, b->second.end);
  });
  int64_t position = 0;
  for (const Named named : order) {
    if (named->second.begin != position) {
      throw Error(ErrorKind::kInput, where + ": safetensors header, " + printable(named->first) +
                                         ": data begins at byte " + std::to_string(named->second.begin) +
                                         ", expected " + std::to_string(position) +
                                         ": tensors may neither overlap nor leave gaps");
    }
    position = named->second.end;
  }
  return position;
}

}  // namespace

SafetensorsHeader parse_safetensors_header(std::string_view json_text, const std::string& where) {
  SafetensorsHeader header;
  HeaderReader reader(where, &header);
  // A zero byte would end the parser's input early.
  if (json_text.empty() || json_text.front() != '{' || json_text.find('\0') != std::string_view::npos) {
    throw Error(ErrorKind::kInput, where +
                                       ": expected a safetensors header, a JSON object that starts with \"{\", found " +
                                       printable(json_text.substr(0, 16)) + "; is this a safetensors file?");
  }
  json::sax_parse(json_text.begin(), json_text.end(), &reader);
  header.data_bytes = check_coverage(header, where);
  return header;
}

}  // namespace lithe
