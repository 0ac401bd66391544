#include "pipelines/formats/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "pipelines/core/file.h"

namespace lithe {
namespace {

using testing::HasSubstr;

std::string file_of(const std::string& header, const std::string& data) {
  std::string bytes(8, '\0');
  const uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + data;
}

SafetensorsFile parse(const std::string& header, const std::string& data) {
  const auto bytes = std::make_shared<std::string>(file_of(header, data));
  return parse_safetensors(*bytes, bytes, "test");
}

/// The message with which the bytes are refused, or nothing if they are not.
std::string refusal(const std::string& bytes) {
  try {
    parse_safetensors(bytes, nullptr, "test");
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    EXPECT_THAT(error.what(), HasSubstr("test: "));
    return error.what();
  }
}

const std::string kData8(8, '\1');

TEST(Safetensors, ReadsWhatTheFormatDescribes) {
  const SafetensorsFile file = parse(
      R"({"b":{"shape":[],"data_offsets":[4,8],"dtype":"I32"},"__metadata__":{"k":"v","":""},)"
      R"("a":{"dtype":"F16","shape":[1,2],"data_offsets":[0,4]},"e":{"dtype":"F64","shape":[0,3],"data_offsets":[8,8]}}   )",
      std::string("\0\x3c\0\xc0\x2a\0\0\0", 8));
  EXPECT_EQ(file.metadata, (std::map<std::string, std::string>{{"k", "v"}, {"", ""}}));
  ASSERT_EQ(file.tensors.size(), 3u);
  EXPECT_EQ(*file.tensors.at("b").data<int32_t>(), 42);
  EXPECT_EQ(file.tensors.at("b").shape(), Shape{});
  EXPECT_EQ(file.tensors.at("a").dtype(), DType::kF16);
  EXPECT_EQ(file.tensors.at("a").shape(), (Shape{1, 2}));
  EXPECT_EQ(file.tensors.at("e").shape(), (Shape{0, 3}));
  EXPECT_EQ(parse("{}", "").tensors.size(), 0u);
}

TEST(Safetensors, EveryBrokenRuleIsRefusedAndNamed) {
  const auto entry = [](const std::string& name, const std::string& dtype, const std::string& shape,
                        const std::string& offsets) {
    return "\"" + name + "\":{\"dtype\":" + dtype + ",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}";
  };
  const std::string good = entry("a", "\"F32\"", "[2]", "[0,8]");
  const std::pair<std::string, const char*> kCases[] = {
      {"", "starts with"},
      {" {" + good + "}", "starts with"},
      {"[]", "starts with"},
      {"{" + good, "not JSON"},
      {"{" + good + "} x", "not JSON"},
      {"{" + good + "}" + std::string("\0\0", 2), "starts with"},
      {"{\"\xff\":{}}", "not JSON"},
      {"{\"a\":1}", "expected an object per tensor"},
      {"{\"a\":null}", "expected an object per tensor"},
      {"{\"a\":[" + std::string(100000, '['), "expected an object per tensor"},
      {"{\"a\":{\"shape\":{}}}", "found an object"},
      {"{\"a\":{\"shape\":[[1]]}}", "found an array"},
      {"{\"a\":{}}", "expected dtype, shape and data_offsets"},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", "expected dtype, shape and data_offsets"},
      {"{\"a\":{\"extra\":1}}", "unknown key \"extra\""},
      {"{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", "\"dtype\" is given twice"},
      {"{" + good + "," + good + "}", "\"a\": is given twice"},
      {"{\"__metadata__\":{},\"__metadata__\":{}}", "is given twice"},
      {"{\"__metadata__\":{\"k\":\"\",\"k\":\"\"}}", "\"k\" is given twice"},
      {"{\"__metadata__\":{\"k\":1}}", "expected text"},
      {"{\"__metadata__\":{\"k\":{}}}", "found an object"},
      {"{\"__metadata__\":\"k\"}", "expected an object"},
      {"{" + entry("a", "\"F8_E4M3\"", "[8]", "[0,8]") + "}", "type \"F8_E4M3\" is not supported"},
      {"{" + entry("a", "1", "[8]", "[0,8]") + "}", "expected the name of a type"},
      {"{" + entry("a", "\"U8\"", "[-8]", "[0,8]") + "}", "non-negative"},
      {"{" + entry("a", "\"U8\"", "[8.0]", "[0,8]") + "}", "non-negative"},
      {"{" + entry("a", "\"U8\"", "[18446744073709551616]", "[0,8]") + "}", "non-negative"},
      {"{" + entry("a", "\"U8\"", "[9223372036854775808]", "[0,8]") + "}", "non-negative"},
      {"{" + entry("a", "\"U8\"", "[true]", "[0,8]") + "}", "found a boolean"},
      {"{" + entry("a", "\"U8\"", "\"8\"", "[0,8]") + "}", "found a string"},
      {"{" + entry("a", "\"U8\"", "[4294967296,4294967296]", "[0,0]") + "}", "2^63"},
      {"{" + entry("a", "\"U8\"", "[0,4294967296,4294967296]", "[0,0]") + "}", "2^63"},
      {"{" + entry("a", "\"F64\"", "[2305843009213693952]", "[0,0]") + "}", "2^63"},
      {"{" + entry("a", "\"U8\"", "[8]", "[0]") + "}", "expected two numbers"},
      {"{" + entry("a", "\"U8\"", "[8]", "[0,8,8]") + "}", "expected two numbers"},
      {"{" + entry("a", "\"U8\"", "[8]", "[8,0]") + "}", "has 8 bytes"},
      {"{" + entry("a", "\"F32\"", "[3]", "[0,8]") + "}", "has 12 bytes"},
      {"{" + entry("a", "\"U8\"", "[7]", "[1,8]") + "}", "overlap nor leave gaps"},
      {"{" + entry("a", "\"U8\"", "[7]", "[0,7]") + "}", "describes 7 bytes of data, found 8"},
      {"{" + entry("a", "\"U8\"", "[9]", "[0,9]") + "}", "describes 9 bytes of data, found 8"},
      {"{" + entry("a", "\"U8\"", "[5]", "[0,5]") + "," + entry("b", "\"U8\"", "[4]", "[4,8]") + "}", "overlap"},
      {"{" + entry("a", "\"U8\"", "[3]", "[0,3]") + "," + entry("b", "\"U8\"", "[4]", "[4,8]") + "}", "gaps"},
      {"{" + entry("a", "\"U8\"", "[8]", "[0,8]") + "," + entry("b", "\"U8\"", "[8]", "[0,8]") + "}", "overlap"},
  };
  EXPECT_EQ(refusal(file_of("{" + good + "}", kData8)), "");
  for (const auto& [header, message] : kCases) {
    EXPECT_THAT(refusal(file_of(header, kData8)), HasSubstr(message)) << header.substr(0, 100);
  }
}

TEST(Safetensors, LengthsAreChecked) {
  EXPECT_THAT(refusal(""), HasSubstr("only 0 bytes"));
  EXPECT_THAT(refusal(std::string(7, '\0')), HasSubstr("only 7 bytes"));
  EXPECT_THAT(refusal(std::string(8, '\xff')), HasSubstr("18446744073709551615"));
  const std::string whole = file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", kData8);
  for (size_t length = 0; length < whole.size(); ++length) EXPECT_NE(refusal(whole.substr(0, length)), "") << length;
  EXPECT_NE(refusal(whole + "x"), "");
}

TEST(Safetensors, MisalignedTensorsAreCopiedAndViewsKeepTheBytesAlive) {
  Tensor copied, viewed;
  const void* bytes = nullptr;
  {
    std::string header = R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                         R"("b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}})";
    header.resize((header.size() + 7) / 8 * 8, ' ');
    const SafetensorsFile file = parse(header, std::string("\7\0\0\x80\x3f", 5));
    viewed = file.tensors.at("a");
    copied = file.tensors.at("b");
    bytes = viewed.raw();
  }
  EXPECT_EQ(*viewed.data<uint8_t>(), 7);
  EXPECT_EQ(*copied.data(), 1.0f);
  const auto distance = static_cast<const char*>(copied.raw()) - static_cast<const char*>(bytes);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(copied.raw()) % 4, 0u);
  EXPECT_NE(distance, 1);
}

class SafetensorsFiles : public testing::Test {
 protected:
  std::string path_ = testing::TempDir() + "lithe_safetensors_test_" + std::to_string(::getpid()) + ".safetensors";
  void TearDown() override { std::filesystem::remove(path_); }
};

TEST_F(SafetensorsFiles, WrittenFilesAreReadBackAligned) {
  Tensor wide({3}, DType::kF64), bytes({5}, DType::kU8);
  std::fill_n(wide.data<double>(), 3, 0.5);
  std::fill_n(bytes.data<uint8_t>(), 5, uint8_t{9});
  const Tensor x = Tensor::of({2, 3}, {0, 1, 2, 3, 4, 5});
  const std::map<std::string, Tensor> tensors = {
      {"bytes", bytes},
      {"transposed", Tensor::view(x.data(), {3, 2}, {1, 3}, DType::kF32, nullptr)},
      {"wide", wide},
      {"é \"quoted\"", Tensor::of({}, {7})},
      {"empty", Tensor({0})}};
  write_safetensors(path_, tensors, {{"format", "pt"}, {"näme", "wert\n"}});
  const std::string written = read_file(path_);
  uint64_t length = 0;
  std::memcpy(&length, written.data(), 8);
  EXPECT_EQ(length % 8, 0u);
  EXPECT_EQ(written[8], '{');

  const SafetensorsFile file = read_safetensors(path_);
  EXPECT_EQ(file.metadata, (std::map<std::string, std::string>{{"format", "pt"}, {"näme", "wert\n"}}));
  ASSERT_EQ(file.tensors.size(), tensors.size());
  EXPECT_EQ(relative_difference(file.tensors.at("transposed"), Tensor::of({3, 2}, {0, 3, 1, 4, 2, 5})), 0);
  EXPECT_EQ(*file.tensors.at("é \"quoted\"").data(), 7);
  EXPECT_EQ(file.tensors.at("wide").data<double>()[2], 0.5);
  EXPECT_EQ(file.tensors.at("bytes").data<uint8_t>()[4], 9);
  EXPECT_EQ(file.tensors.at("empty").shape(), Shape{0});

  write_safetensors(path_, file.tensors, file.metadata);  // over the file that is mapped: written beside it, renamed
  EXPECT_EQ(read_file(path_), written);
}

TEST_F(SafetensorsFiles, NamesThatTheFormatCannotHoldAreRefused) {
  for (const char* name : {"__metadata__", "\xff"}) {
    EXPECT_THROW(write_safetensors(path_, {{name, Tensor::of({}, {1})}}), Error);
  }
  EXPECT_THROW(write_safetensors(path_, {}, {{"k", "\xff"}}), Error);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST(Safetensors, AMissingFileIsNamed) {
  try {
    read_safetensors("/nowhere/m0.safetensors");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("/nowhere/m0.safetensors"));
  }
}

}  // namespace
}  // namespace lithe
