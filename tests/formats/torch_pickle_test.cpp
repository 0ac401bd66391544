#include "pipelines/formats/torch_pickle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipelines/core/error.h"
#include "tests/formats/pickle_writer.h"

namespace lithe::torch {
namespace {

using namespace lithe::pickled;
using testing::HasSubstr;

std::string refusal(const std::string& bytes) {
  try {
    read_pickle(bytes, "test");
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
}

Value only(const std::string& operations) { return *read_pickle(pickle(operations), "test").root; }

TEST(TorchPickle, NumbersAndText) {
  EXPECT_EQ(only("K\xff").integer, 255);
  EXPECT_EQ(only("M\xff\xff").integer, 65535);
  EXPECT_EQ(only("J\xfe\xff\xff\xff").integer, -2);
  EXPECT_EQ(only("I-12345678901\n").integer, -12345678901);
  EXPECT_EQ(only(std::string("\x8a\x00", 2)).integer, 0);
  EXPECT_EQ(only("\x8a\x01\xff").integer, -1);
  EXPECT_EQ(only(std::string("\x8a\x02\xff\x00", 4)).integer, 255);
  EXPECT_EQ(only("\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f").integer, INT64_MAX);
  EXPECT_EQ(only("\x8a\x09" + std::string(9, '\1')).kind, Kind::kBigInteger);
  EXPECT_EQ(only(std::string("G\x3f\xf8\0\0\0\0\0\0", 9)).number, 1.5);
  EXPECT_EQ(only("\x88").integer, 1);
  EXPECT_EQ(only("N").kind, Kind::kNone);
  EXPECT_EQ(only("U\x02hi").text, "hi");
  EXPECT_EQ(only("U\x01\xff").kind, Kind::kBytes);
  EXPECT_EQ(only("\x8c\x02\xc3\xa9").text, "é");
}

TEST(TorchPickle, Containers) {
  const Pickle list = read_pickle(pickle("](K\1K\2eK\3a"), "test");
  ASSERT_EQ(list.root->items.size(), 3u);
  EXPECT_EQ(list.root->items[2]->integer, 3);
  const Pickle dict =
      read_pickle(pickle(dictionary({text("a"), "K\1", text("b"), "K\2"}) + text("c") + "K\3s"), "test");
  ASSERT_EQ(dict.root->entries.size(), 3u);
  EXPECT_EQ(dict.root->entries[2].first->text, "c");
  const Pickle memo = read_pickle(pickle("](K\7q\5h\5\x94h\1t"), "test");
  ASSERT_EQ(memo.root->items.size(), 3u);
  EXPECT_EQ(memo.root->items[0], memo.root->items[2]);
}

TEST(TorchPickle, CallsAreRecordedNotMade) {
  const Pickle system = read_pickle(pickle(call(global("os", "system"), {text("touch /tmp/executed")})), "test");
  EXPECT_EQ(system.root->kind, Kind::kObject);
  EXPECT_EQ(system.root->text, "os.system");
  EXPECT_EQ(system.globals, std::set<std::string>{"os.system"});
  const std::string object = global("a", "B") + ")\x81";
  EXPECT_EQ(only(object + dictionary({text("x"), "K\1"}) + "b").text, "a.B") << "state is dropped";
  EXPECT_EQ(only(object + "(K\1K\2e").text, "a.B") << "what is appended is dropped";
  EXPECT_EQ(only(text("a") + text("B") + "\x93)}\x92").text, "a.B");
  EXPECT_EQ(only(call(call(global("functools", "partial"), {}), {})).text, "functools.partial");
}

TEST(TorchPickle, DamageIsRefused) {
  const std::pair<std::string, const char*> kCases[] = {
      {"", "ends early"},
      {"\x80", "ends early"},
      {"\x80\x01.", "unknown protocol"},
      {"\x80\x06.", "unknown protocol"},
      {pickle(""), "empty stack"},
      {pickle("0"), "empty stack"},
      {pickle("(0"), "empty stack"},
      {pickle("K\1(."), "empty stack"},
      {pickle("t"), "no mark"},
      {pickle("K\1\x85\x86"), "empty stack"},
      {pickle("K\1K\2a"), "not a list"},
      {pickle("](K\1u"), "without keys"},
      {pickle("}(K\1u"), "without a value"},
      {pickle("h\1"), "never written"},
      {pickle("q\1"), "empty stack"},
      {pickle("K\1)R"), "not a class"},
      {pickle(global("a", "B") + "K\1R"), "without a tuple"},
      {pickle("K\1}b"), "not an object"},
      {pickle("(o"), "without a class"},
      {pickle("K\1K\2\x93"), "not a string"},
      {pickle("cmodule"), "does not end"},
      {pickle("I12x\n"), "expected an integer"},
      {pickle("I99999999999999999999\n"), "expected an integer"},
      {"\x80\x02X\xff\xff\xff\xff", "ends early"},
      {"\x80\x04\x8d" + std::string(8, '\xff'), "ends early"},
      {"\x80\x02\x8b\xff\xff\xff\xff", "ends early"},
      {pickle("\x82\x01"), "operation 130 is not allowed"},  // EXT1: a registry of Python's
      {pickle("P0\n"), "operation 80 is not allowed"},
      {pickle("ios\nsystem\n"), "operation 105 is not allowed"},
      {pickle("\x97"), "operation 151 is not allowed"},
      {std::string(5000, '('), "nested marks"},
  };
  for (const auto& [bytes, message] : kCases) EXPECT_THAT(refusal(bytes), HasSubstr(message)) << bytes;
}

TEST(TorchPickle, WhatItAllocatesIsBounded) {
  EXPECT_THAT(refusal("\x80\x02(" + std::string(2'000'000, 'N')), HasSubstr("objects"));
  EXPECT_THAT(refusal("\x80\x02(" + std::string("N") + std::string(9'000'000, '2')), HasSubstr("operations"));
  // A name of 1 MB, used again and again from the memo: 3 bytes each time.
  std::string bomb = "\x80\x04" + text(std::string(1 << 20, 'm')) + "\x94";
  for (int i = 0; i < 100; ++i) bomb += std::string("h\0h\0\x93", 5);
  EXPECT_THAT(refusal(bomb), HasSubstr("bytes of text"));
}

}  // namespace
}  // namespace lithe::torch
