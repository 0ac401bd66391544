// Event files, read back by a reader of our own that follows the formats' descriptions.
#include "trainers/event_file.h"

#include <gmock/gmock.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>

#include "pipelines/core/file.h"
#include "tests/cli/program.h"

namespace lithe {
namespace {

using testing::StartsWith;

// Bit by bit, by long division.
uint32_t crc32c(const std::string& bytes) {
  uint32_t crc = 0xffffffff;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;
  }
  return ~crc;
}

TEST(Crc32c, IsCastagnolis) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aa);  // RFC 3720, B.4
}

class Bytes {
 public:
  explicit Bytes(std::string bytes) : bytes_(std::move(bytes)) {}
  bool left() const { return at_ < bytes_.size(); }
  std::string take(size_t count) {
    EXPECT_LE(count, bytes_.size() - at_);
    at_ += count;
    return bytes_.substr(at_ - count, count);
  }
  template <class T>
  T number() {
    T value{};
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = number<uint8_t>();
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return value;
  }

 private:
  std::string bytes_;
  size_t at_ = 0;
};

struct Event {
  double wall_time = 0;
  uint64_t step = 0;
  std::string version;
  std::map<std::string, float> scalars;
};

/// The fields of a message, each with its number and type as in the wire format.
void each_field(const std::string& message, const std::function<void(uint64_t number, Bytes& bytes)>& visit) {
  Bytes bytes(message);
  while (bytes.left()) {
    const uint64_t key = bytes.varint();
    visit(key, bytes);
  }
}

std::pair<std::string, float> scalar_of(const std::string& message) {
  std::pair<std::string, float> scalar;
  each_field(message, [&](uint64_t key, Bytes& bytes) {
    if (key == 0x0a) scalar.first = bytes.take(bytes.varint());
    if (key == 0x15) scalar.second = bytes.number<float>();
  });
  return scalar;
}

Event event_of(const std::string& message) {
  Event event;
  each_field(message, [&](uint64_t key, Bytes& bytes) {
    switch (key) {
      case 0x09:
        event.wall_time = bytes.number<double>();
        break;
      case 0x10:
        event.step = bytes.varint();
        break;
      case 0x1a:
        event.version = bytes.take(bytes.varint());
        break;
      case 0x2a:
        each_field(bytes.take(bytes.varint()), [&](uint64_t value, Bytes& rest) {
          EXPECT_EQ(value, 0x0au);
          event.scalars.insert(scalar_of(rest.take(rest.varint())));
        });
        break;
      default:
        FAIL() << "field with key " << key;
    }
  });
  return event;
}

std::string checked(Bytes& file, uint64_t size) {
  const std::string data = file.take(size);
  const uint32_t crc = crc32c(data);
  EXPECT_EQ(file.number<uint32_t>(), static_cast<uint32_t>((crc >> 15 | crc << 17) + 0xa282ead8));
  return data;
}

std::vector<Event> events_of(const std::string& path) {
  Bytes file(read_file(path));
  std::vector<Event> events;
  while (file.left()) {
    Bytes length(checked(file, sizeof(uint64_t)));
    events.push_back(event_of(checked(file, length.number<uint64_t>())));
  }
  return events;
}

class EventFile : public testing::Test {
 protected:
  static EpochMetrics epoch(int64_t number, double seconds = 30) {
    EpochMetrics m;
    m.epoch = number, m.loss = 1.0 / static_cast<double>(number), m.validation_top1 = 0.5, m.lr = 0.25;
    m.seconds = seconds;
    return m;
  }
  std::string only_file() const {
    const auto files = std::filesystem::directory_iterator(folder_.path());
    EXPECT_EQ(std::distance(begin(files), end(files)), 1);
    return std::filesystem::directory_iterator(folder_.path())->path().string();
  }

  const test::Folder folder_;
};

TEST_F(EventFile, HoldsOneEventPerEpoch) {
  write_event_file(folder_.path(), {epoch(1), epoch(2), epoch(300)});
  EXPECT_THAT(std::filesystem::path(only_file()).filename().string(), StartsWith("events.out.tfevents.1"));
  const std::vector<Event> events = events_of(only_file());
  ASSERT_EQ(events.size(), 4u);
  EXPECT_EQ(events[0].version, "brain.Event:2");
  EXPECT_EQ(events[3].step, 300u);
  EXPECT_FLOAT_EQ(events[2].scalars.at("train/loss"), 0.5f);
  EXPECT_FLOAT_EQ(events[2].scalars.at("validation/top1"), 0.5f);
  EXPECT_FLOAT_EQ(events[2].scalars.at("lr"), 0.25f);
  EXPECT_EQ(events[2].scalars.count("images_per_second"), 1u);
  EXPECT_EQ(events[1].wall_time - events[0].wall_time, 30);
  EXPECT_EQ(events[3].wall_time - events[2].wall_time, 30);
}

TEST_F(EventFile, GrowsAtItsEnd) {
  write_event_file(folder_.path(), {epoch(1)});
  const std::ifstream open(only_file());  // as TensorBoard has it
  write_event_file(folder_.path(), {epoch(1), epoch(2)});
  std::ostringstream seen;
  seen << open.rdbuf();
  EXPECT_EQ(seen.str(), read_file(only_file())) << "not another file under the same name";
  EXPECT_EQ(events_of(only_file()).size(), 3u);
}

TEST_F(EventFile, NeitherRepeatsNorTearsRecords) {
  write_event_file(folder_.path(), {epoch(1), epoch(2)});
  const std::string whole = read_file(only_file());
  // Killed while it was appended to.
  std::filesystem::resize_file(only_file(), whole.size() - 11);
  write_event_file(folder_.path(), {epoch(1), epoch(2)});
  EXPECT_EQ(read_file(only_file()), whole);
  // Killed before the checkpoint: epoch 2 was done again, in other time.
  write_event_file(folder_.path(), {epoch(1), epoch(2, 31), epoch(3)});
  EXPECT_EQ(events_of(only_file()).size(), 4u);
  // Continued from an older checkpoint.
  write_event_file(folder_.path(), {epoch(1)});
  EXPECT_EQ(events_of(only_file()).size(), 2u);
  // What a killed process left while it replaced the file.
  write_file(only_file() + ".1.tmp", "half");
  write_event_file(folder_.path(), {epoch(1)});
  EXPECT_EQ(events_of(only_file()).size(), 2u);
  remove_event_file(folder_.path());
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

}  // namespace
}  // namespace lithe
