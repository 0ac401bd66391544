// What PyTorch 0.2 to 0.4 and Python 2 wrote, and no PyTorch of today writes any more.
#include <gtest/gtest.h>

#include "pipelines/formats/torch_checkpoint.h"
#include "tests/formats/floats.h"
#include "tests/formats/pickle_writer.h"

namespace lithe {
namespace {

using namespace lithe::pickled;
using test::floats;

const std::string kOneToSix("\0\0\x80\x3f\0\0\0\x40\0\0\x40\x40\0\0\x80\x40\0\0\xa0\x40\0\0\xc0\x40", 24);

std::string byte_string(const std::string& value) { return "U" + little_endian(value.size(), 1) + value; }

/// A stream of the older container with one storage, "5", of six floats.
std::string stream(const std::string& value) {
  return joined({pickle("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"), pickle("M\xe9\3"), pickle("}"),
                 pickle(value), pickle("](" + byte_string("5") + "e"), little_endian(6, 8), kOneToSix});
}

TEST(TorchOld, PythonTwoPassesPairsToOrderedDict) {
  const std::string in = tuple({byte_string("storage"), global("torch.cuda", "FloatStorage"), byte_string("5"),
                                byte_string("cuda:0"), integer(6), "N"}) +
                         "Q";
  const std::string tensor_call =
      call(global("torch._utils", "_rebuild_tensor"), {in, integer(2), numbers({2, 2}), numbers({2, 1})});
  const std::string pair = "](" + byte_string("conv.weight") + tensor_call + "e";
  const std::string ordered = call(global("collections", "OrderedDict"), {"](" + pair + "e"}) + "}b";
  const TorchCheckpoint checkpoint_read = parse_torch_checkpoint(
      stream(dictionary({byte_string("state_dict"), ordered, byte_string("epoch"), "I12345678901\n"})), "old");
  ASSERT_EQ(checkpoint_read.tensors.size(), 1u);
  EXPECT_EQ(floats(checkpoint_read.tensors.at("conv.weight")), (std::vector<float>{3, 4, 5, 6}));
  EXPECT_EQ(checkpoint_read.metadata.at("epoch"), "12345678901");
}

TEST(TorchOld, AStorageMayBeAViewOfAnother) {
  const auto view = [](int64_t first, int64_t count) {
    return tuple({text("storage"), global("torch", "FloatStorage"), text("5"), text("cpu"), integer(6),
                  tuple({text("6"), integer(first), integer(count)})}) +
           "Q";
  };
  const auto read = [&](const std::string& in, int64_t offset, int64_t extent) {
    return parse_torch_checkpoint(stream(dictionary({text("w"), tensor(in, offset, {extent}, {1})})), "old");
  };
  EXPECT_EQ(floats(read(view(3, 3), 1, 2).tensors.at("w")), (std::vector<float>{5, 6}));
  EXPECT_THROW(read(view(3, 3), 1, 3), Error) << "within the storage, but not within the view";
  EXPECT_THROW(read(view(3, 4), 0, 1), Error);
  EXPECT_THROW(read(view(-1, 2), 0, 1), Error);
  EXPECT_THROW(read(view(INT64_MAX, INT64_MAX), 0, 1), Error);
}

}  // namespace
}  // namespace lithe
