#include "pipelines/formats/tensorboard.h"

#include <array>
#include <string_view>

namespace lithe {
namespace {

// The fields of tensorflow/core/util/event.proto and framework/summary.proto that a scalar needs; they are too few for
// a generated parser.
constexpr int kEventWallTime = 1, kEventStep = 2, kEventFileVersion = 3, kEventSummary = 5;
constexpr int kSummaryValue = 1, kValueTag = 1, kValueSimple = 2;
enum WireType { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

template <class T>
std::string little_endian(T value) {
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

std::string varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}

std::string key(int field, WireType type) { return varint(static_cast<uint64_t>(field << 3 | type)); }

std::string bytes_field(int field, const std::string& bytes) {
  return key(field, kBytes) + varint(bytes.size()) + bytes;
}

std::string event(double wall_time, const std::string& rest) {
  return key(kEventWallTime, kFixed64) + little_endian(wall_time) + rest;
}

std::string event(const ScalarEvent& e) {
  std::string summary;
  for (const auto& [tag, value] : e.scalars) {
    summary += bytes_field(kSummaryValue, bytes_field(kValueTag, tag) + key(kValueSimple, kFixed32) +
                                              little_endian(static_cast<float>(value)));
  }
  return event(e.wall_time,
               key(kEventStep, kVarint) + varint(static_cast<uint64_t>(e.step)) + bytes_field(kEventSummary, summary));
}

// Castagnoli's polynomial, reflected.
constexpr std::array<uint32_t, 256> kCrcTable = [] {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = c >> 1 ^ (c & 1) * 0x82f63b78u;
    table[i] = c;
  }
  return table;
}();

// Rotated and shifted, as TFRecord has it: a checksum of data that hold checksums would be weak.
std::string masked_crc(std::string_view bytes) {
  uint32_t c = ~0u;
  for (const char byte : bytes) c = c >> 8 ^ kCrcTable[(c ^ static_cast<unsigned char>(byte)) & 0xff];
  c = ~c;
  return little_endian((c >> 15 | c << 17) + 0xa282ead8u);
}

std::string record(const std::string& data) {
  const std::string length = little_endian(static_cast<uint64_t>(data.size()));
  return length + masked_crc(length) + data + masked_crc(data);
}

}  // namespace

std::string tensorboard_file(double start, const std::vector<ScalarEvent>& events) {
  std::string bytes = record(event(start, bytes_field(kEventFileVersion, "brain.Event:2")));
  for (const ScalarEvent& e : events) bytes += record(event(e));
  return bytes;
}

}  // namespace lithe
