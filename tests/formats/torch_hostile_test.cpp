// Checkpoints that nobody's torch.save wrote: what they claim about tensors and containers is checked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipelines/core/error.h"
#include "pipelines/formats/torch_checkpoint.h"
#include "tests/formats/pickle_writer.h"

namespace lithe {
namespace {

using namespace lithe::pickled;
using testing::ElementsAre;
using testing::HasSubstr;

TorchCheckpoint parse(const std::string& bytes) { return parse_torch_checkpoint(bytes, "test"); }

std::string torch_refusal(const std::string& bytes) {
  try {
    parse(bytes);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
}

std::string weights(const std::string& value) { return checkpoint(dictionary({text("w"), value})); }

TEST(TorchHostile, TensorsMustLieInTheirStorage) {
  const std::string six = storage("0", 6);
  EXPECT_EQ(torch_refusal(weights(tensor(six, 0, {2, 3}, {3, 1}))), "");
  EXPECT_EQ(torch_refusal(weights(tensor(six, 0, {3, 2}, {1, 3}))), "");
  EXPECT_EQ(torch_refusal(weights(tensor(six, 5, {}, {}))), "");
  EXPECT_EQ(torch_refusal(weights(tensor(six, 6, {0}, {1}))), "");
  const int64_t kHuge = int64_t{1} << 62;
  for (const std::string& outside :
       {tensor(six, 1, {2, 3}, {3, 1}), tensor(six, 0, {7}, {1}), tensor(six, 6, {}, {}), tensor(six, -1, {2}, {1}),
        tensor(six, 0, {2}, {-1}), tensor(six, 0, {-2}, {1}), tensor(six, 0, {2}, {6}),
        tensor(six, 0, {kHuge, 8}, {0, 0}), tensor(six, 0, {3}, {kHuge}),
        tensor(six, 0, {2, 2, 2}, {kHuge, kHuge, kHuge}), tensor(six, INT64_MAX, {2}, {1}), tensor(six, 0, {7}, {0}),
        tensor(six, 0, {0, kHuge, kHuge}, {1, 1, 1}), tensor(six, 7, {0}, {1}), tensor(six, 0, {2, 3}, {1}),
        tensor(six, 0, std::vector<int64_t>(65, 1), std::vector<int64_t>(65, 1))}) {
    EXPECT_THAT(torch_refusal(weights(outside)), HasSubstr("tensor \"w\""));
  }
  EXPECT_THAT(torch_refusal(weights(tensor(storage("0", 7), 0, {2}, {1}))), HasSubstr("24 bytes, expected 28"));
  EXPECT_THAT(torch_refusal(weights(tensor(storage("0", 6, "DoubleStorage"), 0, {2}, {1}))), HasSubstr("expected 48"));
  EXPECT_THAT(torch_refusal(weights(tensor(storage("0", INT64_MAX), 0, {2}, {1}))), HasSubstr("elements"));
  EXPECT_THAT(torch_refusal(weights(tensor(storage("0", -1), 0, {2}, {1}))), HasSubstr("elements"));
  EXPECT_THAT(torch_refusal(weights(tensor(storage("1", 6), 0, {2}, {1}))), HasSubstr("archive/data/1\" is missing"));
  EXPECT_THAT(torch_refusal(weights(tensor(storage("../../etc/passwd", 6), 0, {2}, {1}))), HasSubstr("is missing"));
  EXPECT_THAT(torch_refusal(weights(tensor(storage("0", 6, "EvilStorage"), 0, {2}, {1}))), HasSubstr("unknown type"));
  EXPECT_THAT(torch_refusal(weights(tensor("K\1", 0, {2}, {1}))), HasSubstr("expected a storage"));
  EXPECT_THAT(torch_refusal(weights(tensor("K\1Q", 0, {2}, {1}))), HasSubstr("id of a storage"));
}

TEST(TorchHostile, OneStorageHasOneDescription) {
  const std::string both = dictionary(
      {text("a"), tensor(storage("0", 6), 0, {6}, {1}), text("b"), tensor(storage("0", 600), 0, {600}, {1})});
  EXPECT_THAT(torch_refusal(checkpoint(both)), HasSubstr("two ways"));
}

TEST(TorchHostile, UnknownObjectsHideOnlyThemselves) {
  const std::string good = tensor(storage("0", 6), 0, {6}, {1});
  const std::string hidden = call(global("os", "system"), {text("true"), tensor(storage("0", 6), 0, {6}, {1})});
  const TorchCheckpoint checkpoint_read = parse(checkpoint(dictionary({text("w"), good, text("hidden"), hidden})));
  EXPECT_EQ(checkpoint_read.tensors.size(), 1u);
  EXPECT_THAT(checkpoint_read.unreadable.at("hidden"), HasSubstr("os.system"));
  EXPECT_THAT(checkpoint_read.placeholders, ElementsAre("os.system"));
  EXPECT_THAT(torch_refusal(checkpoint(hidden)), HasSubstr("an object of class \"os.system\""));
  EXPECT_THAT(torch_refusal(checkpoint(dictionary({text("state_dict"), hidden}))), HasSubstr("os.system"));
  EXPECT_THAT(torch_refusal(checkpoint(dictionary({text("epoch"), "K\1"}))), HasSubstr("no tensors"));
  EXPECT_THAT(torch_refusal(checkpoint("K\1")), HasSubstr("no dictionary"));
}

TEST(TorchHostile, PrefixesGoOnlyWhenAllNamesHaveThem) {
  const auto names_of = [](const std::vector<std::string>& names) {
    std::vector<std::string> items;
    for (const std::string& name : names) items.insert(items.end(), {text(name), tensor(storage("0", 6), 0, {6}, {1})});
    std::vector<std::string> result;
    for (const auto& [name, value] : parse(checkpoint(dictionary(items))).tensors) result.push_back(name);
    return result;
  };
  EXPECT_THAT(names_of({"module.a", "module.b"}), ElementsAre("a", "b"));
  EXPECT_THAT(names_of({"module.a", "b"}), ElementsAre("b", "module.a"));
  EXPECT_THAT(names_of({"module.features.conv1.weight", "module.features.bn1.bias"}),
              ElementsAre("bn1.bias", "conv1.weight"));
  EXPECT_THAT(names_of({"module.features.0.weight", "module.features.1.bias"}),
              ElementsAre("features.0.weight", "features.1.bias"));
  EXPECT_THAT(names_of({"module.features.conv1.weight", "module.fc.bias"}),
              ElementsAre("fc.bias", "features.conv1.weight"));
}

TEST(TorchHostile, CyclesAndDagsEnd) {
  // d = {"d": d}
  EXPECT_THAT(torch_refusal(checkpoint("}q\1" + text("d") + "h\1s")), HasSubstr("levels"));
  // 30 dictionaries, each with the one before under two keys: 2^30 paths.
  std::string dag = "}q" + std::string(1, '\0');
  for (char i = 0; i < 30; ++i) {
    dag += "}(" + text("a") + "h" + i + text("b") + "h" + i + "uq" + static_cast<char>(i + 1);
  }
  EXPECT_THAT(torch_refusal(checkpoint(dag)), HasSubstr("entries"));
  std::string twice = dictionary({text("w"), tensor(storage("0", 6), 0, {6}, {1}), text("w"), "N"});
  EXPECT_THAT(torch_refusal(checkpoint(twice)), HasSubstr("twice"));
}

TEST(TorchHostile, SharedStoragesDoNotMultiplyWithoutLimit) {
  // 65,536 names for one storage of 2,400 bytes: 157 MB for whoever copies them, of a file with 400 kB.
  std::string many = tensor(storage("0", 600), 0, {600}, {1}) + "q\1" + "0}(";
  for (uint64_t i = 0; i < 65536; ++i) many += "M" + little_endian(i, 2) + "h\1";
  EXPECT_THAT(torch_refusal(checkpoint(many + "u", std::string(2400, '\0'))), HasSubstr("many times larger"));
}

TEST(TorchHostile, ZipContainersAreChecked) {
  const std::string value = dictionary({text("w"), tensor(storage("0", 6), 0, {6}, {1})});
  const std::string data(24, '\0');
  EXPECT_EQ(torch_refusal(zip_archive({{"x/data.pkl", pickle(value)}, {"x/data/0", data}})), "");
  EXPECT_THAT(torch_refusal(zip_archive({{"data.pkl", pickle(value)}})), HasSubstr("without data.pkl"));
  EXPECT_THAT(torch_refusal(zip_archive({{"x/y/data.pkl", pickle(value)}})), HasSubstr("without data.pkl"));
  EXPECT_THAT(torch_refusal(zip_archive({{"x/data.pkl", pickle(value)}, {"y/data.pkl", pickle(value)}})),
              HasSubstr("more than one"));
  EXPECT_THAT(torch_refusal(zip_archive({{"x/data.pkl", pickle(value)}, {"x/data/0", data}, {"x/byteorder", "big"}})),
              HasSubstr("little-endian"));
  EXPECT_THAT(torch_refusal(zip_archive({{"x/data.pkl", pickle(value)}, {"x/data/0", data}}, 8)),
              HasSubstr("compressed"));
  std::string damaged = zip_archive({{"x/data.pkl", pickle(value)}, {"x/data/0", data}});
  damaged[damaged.find(data)] = 1;
  EXPECT_THAT(torch_refusal(damaged), HasSubstr("CRC"));
}

TEST(TorchHostile, LegacyStreamsAreChecked) {
  const std::string magic = pickle("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"), protocol = pickle("M\xe9\3");
  const std::string little = pickle(dictionary({text("little_endian"), "\x88"}));
  const std::string value = pickle(dictionary({text("w"), tensor(storage("5", 2), 0, {2}, {1})}));
  const std::string keys = pickle("](" + text("5") + "e"), data = little_endian(2, 8) + std::string(8, '\0');
  EXPECT_EQ(torch_refusal(magic + protocol + little + value + keys + data), "");
  EXPECT_THAT(torch_refusal(magic + pickle("M\xe8\3") + little + value + keys + data), HasSubstr("1001"));
  EXPECT_THAT(
      torch_refusal(magic + protocol + pickle(dictionary({text("little_endian"), "\x89"})) + value + keys + data),
      HasSubstr("big-endian"));
  EXPECT_THAT(torch_refusal(magic + protocol + little + value + pickle("]")), HasSubstr("\"5\" is missing"));
  EXPECT_THAT(torch_refusal(magic + protocol + little + value + pickle("](" + text("6") + "e")),
              HasSubstr("no tensor lies"));
  EXPECT_THAT(
      torch_refusal(magic + protocol + little + value + pickle("](" + text("5") + text("5") + "e") + data + data),
      HasSubstr("twice"));
  EXPECT_THAT(torch_refusal(magic + protocol + little + value + keys + little_endian(3, 8) + std::string(12, '\0')),
              HasSubstr("3 elements, expected 2"));
  EXPECT_THAT(torch_refusal(magic + protocol + little + value + keys + data.substr(0, 15)),
              HasSubstr("ends within storage"));
}

}  // namespace
}  // namespace lithe
