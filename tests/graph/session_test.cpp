#include "pipelines/graph/session.h"

#include <gtest/gtest.h>

#include <thread>

#include "pipelines/core/threads.h"
#include "tests/graph/same_bits.h"
#include "tests/graph/small_network.h"

namespace lithe {
namespace {

using test::same_bits;

Tensor channels_last(const Tensor& t) {
  Tensor copied = Tensor::channels_last(t.shape());
  copy(t, copied);
  return copied;
}

class SessionTest : public testing::Test {
 protected:
  const SmallNetwork net_ = small_network();
  const Session session_{net_.graph, net_.parameters};
};

TEST_F(SessionTest, EqualsTheGraphAsWritten) {
  const Tensor x = random_tensor({3, 3, 9, 11}, 5);
  const Pass pass = forward(net_.graph, net_.parameters, {x});
  EXPECT_LE(relative_difference(session_.run({x})[0], pass.output()), 1e-5);
  const Session plain(net_.graph, net_.parameters, {/*rewrite=*/false});
  EXPECT_LE(relative_difference(plain.run({x})[0], pass.output()), 1e-6);
}

// Also of values that later nodes read, and of views.
TEST_F(SessionTest, KeepsEveryValueThatIsAnOutput) {
  Graph graph = net_.graph;
  graph.outputs.clear();
  for (const Node& node : graph.nodes) graph.outputs.push_back(node.outputs[0]);
  const Tensor x = random_tensor({3, 3, 9, 11}, 5);
  const Pass pass = forward(graph, net_.parameters, {x});
  for (const bool rewrite : {false, true}) {
    const std::vector<Tensor> outputs = Session(graph, net_.parameters, {rewrite}).run({x});
    for (size_t i = 0; i < outputs.size(); ++i) {
      EXPECT_LE(relative_difference(outputs[i], pass.value(graph.outputs[i])), 1e-5) << graph.nodes[i].name;
    }
  }
}

// Though its readers take it from where the caller has it.
TEST_F(SessionTest, KeepsAnInputThatIsAnOutput) {
  Graph graph = net_.graph;
  graph.outputs.push_back(graph.inputs[0]);
  const Tensor x = random_tensor({3, 3, 9, 11}, 5);
  const Session session(graph, net_.parameters);
  for (const Tensor& given : {x, channels_last(x)}) EXPECT_TRUE(same_bits(session.run({given})[1], x));
}

// One for all images, and the caller's own.
TEST_F(SessionTest, GivesAParameterThatIsAnOutput) {
  Graph graph = net_.graph;
  graph.outputs.insert(graph.outputs.begin(), graph.find("conv1.weight"));
  const Tensor x = random_tensor({3, 3, 9, 11}, 5), weight = net_.parameters.at("conv1.weight");
  const Session session(graph, net_.parameters);
  const std::vector<Tensor> outputs = session.run({x});
  EXPECT_TRUE(same_bits(outputs[0], weight));
  EXPECT_TRUE(same_bits(outputs[1], session_.run({x})[0]));
  outputs[0].data()[0] += 1;
  EXPECT_TRUE(same_bits(session.run({x})[0], weight));
}

TEST_F(SessionTest, OneImageHasTheSameBitsAloneAndInABatch) {
  const Tensor x = random_tensor({5, 3, 9, 11}, 6);
  const Tensor batch = session_.run({x})[0];
  for (int64_t i = 0; i < 5; ++i) EXPECT_TRUE(same_bits(session_.run({x.images(i, 1)})[0], batch.images(i, 1))) << i;
}

TEST_F(SessionTest, ThreadsDoNotChangeBits) {
  const Tensor x = random_tensor({4, 3, 33, 35}, 7), one = x.images(0, 1);
  set_threads(1);
  const Tensor batch = session_.run({x})[0], single = session_.run({one})[0];
  set_threads(4);
  const Tensor batch4 = session_.run({x})[0], single4 = session_.run({one})[0];
  set_threads(0);
  EXPECT_TRUE(same_bits(batch, batch4));
  EXPECT_TRUE(same_bits(single, single4));
}

TEST_F(SessionTest, TakesAnyLayoutAndLeavesTheInputAlone) {
  const Tensor x = random_tensor({2, 3, 9, 11}, 8), before = x.clone(), last = channels_last(x);
  const Tensor a = session_.run({x})[0], b = session_.run({last})[0], c = session_.run({x})[0];
  EXPECT_TRUE(same_bits(a, b));
  EXPECT_TRUE(same_bits(a, c));
  EXPECT_TRUE(same_bits(x, before));
  EXPECT_TRUE(same_bits(last.clone(), before));
}

TEST_F(SessionTest, TakesAnyImageSize) {
  for (const int64_t size : {9, 16, 17, 40, 65, 9}) {  // more sizes than plans are kept
    const Tensor x = random_tensor({1, 3, size, size + 1}, 9);
    EXPECT_LE(relative_difference(session_.run({x})[0], forward(net_.graph, net_.parameters, {x}).output()), 1e-5);
  }
}

TEST_F(SessionTest, MayRunFromManyThreads) {
  const Tensor x = random_tensor({1, 3, 9, 11}, 10), expected = session_.run({x})[0];
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) wrong[t] += !same_bits(session_.run({x})[0], expected);
    });
  }
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST_F(SessionTest, SaysWhichInputDoesNotFit) {
  try {
    session_.run({random_tensor({1, 4, 9, 11}, 1)});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "small.input: expected F32 Nx3xanyxany, got F32 1x4x9x11");
  }
}

TEST_F(SessionTest, RefusesMissingParameters) {
  Parameters parameters = net_.parameters;
  parameters.erase("fc.bias");
  EXPECT_THROW(Session(net_.graph, parameters), Error);
}

TEST_F(SessionTest, HashNamesThePlan) {
  const std::string hash = session_.plan_hash({{1, 3, 9, 11}});
  EXPECT_EQ(hash.size(), 16u);
  EXPECT_EQ(hash, session_.plan_hash({{7, 3, 9, 11}}));   // the batch is no part of a plan
  EXPECT_NE(hash, session_.plan_hash({{1, 3, 10, 11}}));  // the size is
  EXPECT_NE(hash, Session(net_.graph, net_.parameters, {false}).plan_hash({{1, 3, 9, 11}}));
}

}  // namespace
}  // namespace lithe
