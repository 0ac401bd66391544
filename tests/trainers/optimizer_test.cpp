#include "trainers/optimizer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "pipelines/core/random.h"
#include "pipelines/core/threads.h"
#include "tests/graph/same_bits.h"

namespace lithe {
namespace {

using test::same_bits;

Tensor random(const Shape& shape, const std::string& name) {
  Tensor t(shape);
  const RandomStream stream(3, name);
  for (int64_t i = 0; i < t.size(); ++i) t.data()[i] = static_cast<float>(stream.normal(static_cast<uint64_t>(i)));
  return t;
}

Parameters random_parameters(const std::string& name) {
  return {
      {"a.weight", random({5, 3}, name + "a")}, {"a.bias", random({5}, name + "b")}, {"b.weight", random({7}, name)}};
}

Parameters cloned(const Parameters& from) {
  Parameters to;
  for (const auto& [name, tensor] : from) to[name] = tensor.clone();
  return to;
}

std::vector<std::string> names(const Parameters& parameters) {
  std::vector<std::string> names;
  for (const auto& entry : parameters) names.push_back(entry.first);
  return names;
}

// One number on its way, in double precision and straight from the papers.
struct Walker {
  double p, first = 0, second = 0;
};
using Rule = std::function<void(Walker&, double gradient, int step)>;

void expect_follows(const OptimizerOptions& options, const Rule& rule) {
  const Parameters parameters = random_parameters("p");
  std::map<std::string, std::vector<Walker>> walkers;
  for (const auto& [name, tensor] : parameters) {
    for (int64_t i = 0; i < tensor.size(); ++i) walkers[name].push_back({tensor.data()[i]});
  }
  Optimizer optimizer(options, parameters, names(parameters));
  for (int step = 1; step <= 5; ++step) {
    const Parameters gradients = random_parameters("g" + std::to_string(step));
    optimizer.step(gradients, 0.1);
    for (const auto& [name, tensor] : parameters) {
      for (int64_t i = 0; i < tensor.size(); ++i) {
        Walker& walker = walkers[name][static_cast<size_t>(i)];
        rule(walker, gradients.at(name).data()[i], step);
        EXPECT_NEAR(tensor.data()[i], walker.p, 3e-6) << name << " step " << step;
      }
    }
  }
}

TEST(Optimizer, SgdWithMomentum) {
  OptimizerOptions o;
  o.weight_decay = 0.01;
  expect_follows(o, [](Walker& w, double g, int) {
    w.first = 0.9 * w.first + g + 0.01 * w.p;
    w.p -= 0.1 * w.first;
  });
}

TEST(Optimizer, Nesterov) {
  OptimizerOptions o;
  o.nesterov = true, o.weight_decay = 0;
  expect_follows(o, [](Walker& w, double g, int) {
    w.first = 0.9 * w.first + g;
    w.p -= 0.1 * (g + 0.9 * w.first);
  });
}

TEST(Optimizer, SgdWithoutMomentumRemembersNothing) {
  OptimizerOptions o;
  o.momentum = 0, o.weight_decay = 0;
  expect_follows(o, [](Walker& w, double g, int) { w.p -= 0.1 * g; });
  EXPECT_TRUE(Optimizer(o, random_parameters("p"), {"a.bias"}).state().empty());
}

void adam(Walker& w, double g, int step) {
  w.first = 0.9 * w.first + 0.1 * g, w.second = 0.999 * w.second + 0.001 * g * g;
  const double mean = w.first / (1 - std::pow(0.9, step)), square = w.second / (1 - std::pow(0.999, step));
  w.p -= 0.1 * mean / (std::sqrt(square) + 1e-8);
}

TEST(Optimizer, AdamDecaysThroughTheGradient) {
  OptimizerOptions o;
  o.optimizer = "adam", o.weight_decay = 0.05;
  expect_follows(o, [](Walker& w, double g, int step) { adam(w, g + 0.05 * w.p, step); });
}

TEST(Optimizer, AdamWDecaysApart) {
  OptimizerOptions o;
  o.optimizer = "adamw", o.weight_decay = 0.05;
  expect_follows(o, [](Walker& w, double g, int step) {
    w.p -= 0.1 * 0.05 * w.p;
    adam(w, g, step);
  });
}

TEST(Optimizer, PatternsChooseDecayAndRate) {
  OptimizerOptions o;
  o.momentum = 0, o.weight_decay = 1, o.no_decay = {"*.bias"}, o.lr_scale = {{"b.*", "10"}};
  const Parameters parameters = {{"a.weight", Tensor::filled({1}, 1)},
                                 {"a.bias", Tensor::filled({1}, 1)},
                                 {"b.weight", Tensor::filled({1}, 1)},
                                 {"c.weight", Tensor::filled({1}, 1)}};
  Optimizer optimizer(o, parameters, {"a.weight", "a.bias", "b.weight"});
  Parameters gradients;
  for (const auto& entry : parameters) gradients[entry.first] = Tensor::filled({1}, 2);
  optimizer.step(gradients, 0.01, 0.5);
  EXPECT_FLOAT_EQ(parameters.at("a.weight").data()[0], 1 - 0.01f * (1 + 1));
  EXPECT_FLOAT_EQ(parameters.at("a.bias").data()[0], 1 - 0.01f);
  EXPECT_FLOAT_EQ(parameters.at("b.weight").data()[0], 1 - 0.1f * (1 + 1));
  EXPECT_EQ(parameters.at("c.weight").data()[0], 1);  // not trained
}

TEST(Optimizer, ContinuesFromItsState) {
  for (const char* kind : {"sgd", "adam", "adamw"}) {
    OptimizerOptions o;
    o.optimizer = kind;
    const Parameters through = random_parameters("p");
    Optimizer first(o, through, names(through));
    first.step(random_parameters("g1"), 0.1);

    const Parameters resumed = cloned(through);
    Optimizer second(o, resumed, names(resumed));
    second.restore(cloned(first.state()), first.steps());
    first.step(random_parameters("g2"), 0.1);
    second.step(random_parameters("g2"), 0.1);
    EXPECT_TRUE(same_bits(through, resumed)) << kind;
    EXPECT_THROW(second.restore({}, 1), Error) << kind;
  }
}

TEST(Optimizer, WrongOptionsAreNamed) {
  const auto message = [](const std::function<void(OptimizerOptions&)>& change) -> std::string {
    OptimizerOptions o;
    change(o);
    try {
      const Parameters parameters = random_parameters("p");
      Optimizer(o, parameters, names(parameters));
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::kUsage);
      return e.what();
    }
    return "";
  };
  EXPECT_EQ(message([](auto&) {}), "");
  EXPECT_NE(message([](auto& o) { o.momentum = 1; }).find("--momentum"), std::string::npos);
  EXPECT_NE(message([](auto& o) { o.nesterov = true, o.momentum = 0; }).find("--nesterov"), std::string::npos);
  EXPECT_NE(message([](auto& o) { o.no_decay = {"x.*"}; }).find("\"x.*\""), std::string::npos);
  EXPECT_NE(message([](auto& o) { o.lr_scale = {{"a.*", "2x"}}; }).find("\"2x\""), std::string::npos);
  EXPECT_NE(message([](auto& o) { o.optimizer = "lars"; }).find("lars"), std::string::npos);
}

TEST(Gradients, NormOfAllTogether) {
  const Parameters gradients = {{"a", random({40000}, "a")}, {"b", random({3, 5}, "b")}};
  double sum = 0;
  for (const auto& [name, t] : gradients) {
    for (int64_t i = 0; i < t.size(); ++i) sum += std::pow(static_cast<double>(t.data()[i]), 2);
  }
  set_threads(1);
  const double norm = norm_of(gradients);
  set_threads(4);
  EXPECT_EQ(norm_of(gradients), norm);
  set_threads(0);
  EXPECT_NEAR(norm, std::sqrt(sum), 1e-9);
  gradients.at("b").data()[4] = NAN;
  EXPECT_FALSE(std::isfinite(norm_of(gradients)));
}

TEST(MovingAverage, ForgetsItsStartAndContinues) {
  const Parameters start = {{"p", Tensor::of({2}, {1, -1})}};
  MovingAverage average(start, 0.9);
  double expected = 1;
  for (int step = 1; step <= 100; ++step) {
    average.update({{"p", Tensor::of({2}, {static_cast<float>(step), 0})}});
    const double decay = std::min(0.9, (1.0 + step) / (10.0 + step));
    expected = decay * expected + (1 - decay) * step;
    EXPECT_NEAR(average.values().at("p").data()[0], expected, 1e-4);
  }
  EXPECT_EQ(start.at("p").data()[0], 1);  // the parameters themselves stay
  MovingAverage resumed(start, 0.9);
  resumed.restore(cloned(average.values()), average.steps());
  average.update(start), resumed.update(start);
  EXPECT_TRUE(same_bits(average.values(), resumed.values()));
}

TEST(TrainedParameters, FrozenOnesAreLeftOut) {
  GraphBuilder g("net");
  const ValueId x = g.input("x", {1, 3});
  const ValueId w = g.parameter("fc.weight", {2, 3}, Init::normal(1)), b = g.parameter("fc.bias", {2}, {});
  g.output(g.op("linear", "fc", {x, w, b}));
  const Graph graph = g.finish();
  EXPECT_EQ(trained_parameters(graph, {}), (std::vector<std::string>{"fc.weight", "fc.bias"}));
  EXPECT_EQ(trained_parameters(graph, {"*.bias"}), (std::vector<std::string>{"fc.weight"}));
  EXPECT_THROW(trained_parameters(graph, {"*"}), Error);
  EXPECT_THROW(trained_parameters(graph, {"head.*"}), Error);
}

}  // namespace
}  // namespace lithe
