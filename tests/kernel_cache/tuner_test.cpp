// The search with kernels of known speed.
#include "pipelines/kernel_cache/tuner.h"

#include <HalideRuntime.h>
#include <sys/wait.h>

#include <csignal>
#include <set>

#include "tests/kernel_cache/cache_fixture.h"

namespace lithe::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kCall[] = "linear x=64:1 y=64:1";

std::string library(const std::string& name) { return LITHE_BINARY_DIR "/libkernel_cache_" + name + ".so"; }

// rows: 4 is usual and a little faster than the generic kernel, 8 fast, 2 wrong, 1 impossible.
class FakeCompiler final : public KernelCompiler {
 public:
  std::vector<Tunable> tunables(const std::string&, const std::string&) override { return {{"rows", 4, {1, 2, 4, 8}}}; }
  void compile(const std::string& spec, const KernelTile& tile, const std::string&, const std::string& path) override {
    const int rows = tile.empty() ? 4 : tile.at("rows");
    compiled.push_back(rows);
    EXPECT_EQ(spec, kCall);
    if (rows == 1) throw Error("the schedule cannot do it");
    std::filesystem::copy(library(rows == 4 ? "usual" : rows == 8 ? "fast" : "wrong"), path);
  }
  std::vector<int> compiled;
};

class TunerTest : public CacheTest {
 protected:
  TunerTest() {
    for (const int i : {0, 1}) {
      buffers_[i].host = reinterpret_cast<uint8_t*>(numbers_[i]);
      buffers_[i].type = halide_type_t(halide_type_float, 32);
      buffers_[i].dimensions = 1, buffers_[i].dim = &dims_[i];
      arguments_[i] = &buffers_[i];
      described_[i].name = i == 0 ? "x" : "y";
      described_[i].kind = i == 0 ? halide_argument_kind_input_buffer : halide_argument_kind_output_buffer;
      described_[i].dimensions = 1, described_[i].type = buffers_[i].type;
    }
    metadata_.num_arguments = 2, metadata_.arguments = described_;
    restart();
  }
  ~TunerTest() override { use_kernel_folders({}); }

  /// As another process would find the folder.
  void restart() const {
    std::vector<CacheFolder> folders;
    folders.emplace_back(folder_, CacheFolder::Kind::kUser);
    use_kernel_folders(std::move(folders));
  }
  TuneResult tune(KernelCompiler& compiler, double budget = 60, KernelFunction on_processor = nullptr) {
    NoProgress progress;
    const KernelStore store(folder_);
    Tuner tuner({budget, kTarget, "test", store.records()}, store, compiler, progress);
    const auto sample = [this] { return std::make_shared<SampleCall>(metadata_, arguments_); };
    return tuner.run({{kCall, 3, generic_.call(), sample, on_processor}});
  }

  KernelLibrary generic_{read_file(library("generic"))};
  alignas(128) float numbers_[2][64] = {};
  halide_dimension_t dims_[2] = {{0, 64, 1}, {0, 64, 1}};
  halide_buffer_t buffers_[2] = {};
  void* arguments_[2] = {};
  halide_filter_argument_t described_[2] = {};
  halide_filter_metadata_t metadata_{};
};

TEST_F(TunerTest, FindsTheFastestAndRefusesOtherBits) {
  FakeCompiler compiler;
  const TuneResult result = tune(compiler);
  EXPECT_EQ(compiler.compiled.front(), 4) << "the usual tile comes first";
  EXPECT_EQ(std::set<int>(compiler.compiled.begin(), compiler.compiled.end()), (std::set<int>{1, 2, 4, 8}));
  EXPECT_THAT(compiler.compiled, SizeIs(4));
  EXPECT_EQ(result.measured, 4);
  EXPECT_EQ(result.refused, 2);
  ASSERT_THAT(result.kernels, SizeIs(1));
  EXPECT_EQ(to_string(result.kernels[0].tile), "rows=8");
  EXPECT_EQ(result.kernels[0].count, 3);
  EXPECT_LT(result.kernels[0].after, result.kernels[0].before / 2);

  restart();
  const KernelFunction kernel = specialised_kernel(kCall, kTarget);
  ASSERT_NE(kernel, nullptr);
  SampleCall call(metadata_, arguments_);
  EXPECT_EQ(call.outputs_of(kernel), call.outputs_of(generic_.call()));

  std::map<std::string, KernelRecord> records;
  for (const KernelRecord& r : KernelStore(folder_).records()) records[to_string(r.tile)] = r;
  EXPECT_THAT(records["rows=2"].refused, HasSubstr("bits"));
  EXPECT_GT(records["rows=2"].error, 0.1);
  EXPECT_THAT(records["rows=1"].refused, HasSubstr("cannot do it"));
  EXPECT_LT(records["rows=8"].time_us, records["rows=8"].generic_time_us / 2);
  EXPECT_EQ(records["rows=8"].error, 0);
}

TEST_F(TunerTest, AGenericKernelThatDiffersFromTheProcessorsIsNotTrusted) {
  FakeCompiler compiler;
  const KernelLibrary processor(read_file(library("wrong")));
  const TuneResult result = tune(compiler, 60, processor.call());
  EXPECT_EQ(result.refused, result.measured);
  EXPECT_EQ(specialised_kernel(kCall, kTarget), nullptr);
  EXPECT_THAT(KernelStore(folder_).records().at(0).refused, HasSubstr("differs from the processor's"));
}

TEST_F(TunerTest, AnotherRunTriesNothingAgain) {
  FakeCompiler first, second;
  tune(first);
  restart();
  const TuneResult result = tune(second);
  EXPECT_THAT(second.compiled, IsEmpty());
  EXPECT_EQ(to_string(result.kernels.at(0).tile), "rows=8");
  EXPECT_EQ(result.kernels[0].before, result.kernels[0].after);
}

TEST_F(TunerTest, AKilledRunContinuesWithoutRepeating) {
  for (size_t compiled = 1; compiled <= 4; ++compiled) {
    const pid_t run = ::fork();
    if (run == 0) {
      struct : KernelCompiler {
        FakeCompiler fake;
        size_t left = 0;
        std::vector<Tunable> tunables(const std::string& s, const std::string& i) override {
          return fake.tunables(s, i);
        }
        void compile(const std::string& s, const KernelTile& t, const std::string& i, const std::string& p) override {
          fake.compile(s, t, i, p);
          if (fake.compiled.size() == 2) ::kill(::getpid(), SIGKILL);
        }
      } deadly;
      tune(deadly);
      ::_exit(0);
    }
    ::waitpid(run, nullptr, 0);
    restart();
  }
  FakeCompiler compiler;
  EXPECT_EQ(to_string(tune(compiler).kernels.at(0).tile), "rows=8");
  std::multiset<std::string> tiles;
  for (const KernelRecord& r : KernelStore(folder_).records()) tiles.insert(to_string(r.tile));
  for (const char* tile : {"usual", "rows=1", "rows=2", "rows=8"}) EXPECT_EQ(tiles.count(tile), 1u) << tile;
}

TEST_F(TunerTest, WithoutABudgetOnlyUsualTilesAreCompiled) {
  FakeCompiler compiler;
  EXPECT_EQ(tune(compiler, 0).kernels.at(0).tile, KernelTile{});
  EXPECT_EQ(compiler.compiled, std::vector<int>{4});
}

TEST_F(TunerTest, HintsAreTriedFirst) {
  KernelRecord hint;
  hint.spec = kCall, hint.tile = {{"rows", 8}};
  write_file(folder_ / "hint", to_line(hint) + "\n");
  EXPECT_EQ(KernelStore(folder_).import(folder_ / "hint"), 1);
  FakeCompiler compiler;
  tune(compiler);
  EXPECT_EQ(compiler.compiled.at(1), 8);
}

TEST_F(TunerTest, ALostFileIsCompiledAgain) {
  FakeCompiler first, second;
  tune(first, 0);
  for (const KernelRecord& r : KernelStore(folder_).records()) std::filesystem::remove(folder_ / r.file);
  restart();
  tune(second, 0);
  EXPECT_EQ(second.compiled, std::vector<int>{4});
}

TEST_F(TunerTest, AFolderThatCannotBeWrittenEndsTheSearchWithItsReason) {
  struct : KernelCompiler {
    std::filesystem::path folder;
    std::vector<Tunable> tunables(const std::string&, const std::string&) override { return {}; }
    void compile(const std::string&, const KernelTile&, const std::string&, const std::string& path) override {
      std::filesystem::copy(library("fast"), path);
      std::filesystem::create_directory(folder / CacheFolder::kJournal);  // where the record should go
    }
  } compiler;
  compiler.folder = folder_;
  const TuneResult result = tune(compiler);
  EXPECT_THAT(result.output_error, HasSubstr("cannot open"));
  EXPECT_EQ(result.kernels.at(0).before, result.kernels.at(0).after);
}

TEST_F(TunerTest, CleaningKeepsWhatServesAndTheNotes) {
  FakeCompiler compiler, again;
  tune(compiler);
  KernelRecord foreign = keep(1);
  foreign.identity.device = "another";
  record(foreign);
  std::ofstream(folder_ / "orphan.so") << "kernel";
  const auto long_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    std::filesystem::last_write_time(entry.path(), long_ago);
  }
  const KernelStore::Cleaned cleaned = KernelStore(folder_).clean([](const std::string&) { return kTarget; });
  EXPECT_EQ(cleaned.records, 1);
  EXPECT_EQ(cleaned.files, 3) << "the usual tile's, the foreign one and the orphan";
  restart();
  EXPECT_NE(specialised_kernel(kCall, kTarget), nullptr);
  tune(again);
  EXPECT_THAT(again.compiled, IsEmpty());
}

TEST(TileSearch, VisitsEveryCombinationOnce) {
  const TileSearch search({{"a", 1, {1, 2, 3}}, {"b", 0, {0, 1}}}, {{{"a", 3}, {"b", 1}, {"unknown", 7}}});
  std::vector<KernelTile> order;
  std::set<KernelTile> tried = {{}};
  while (const auto tile = search.next({}, tried)) {
    ASSERT_TRUE(tried.insert(*tile).second);
    order.push_back(*tile);
  }
  EXPECT_THAT(order, SizeIs(5));
  EXPECT_EQ(to_string(order.at(0)), "a=3 b=1");
  EXPECT_EQ(to_string(order.at(1)), "a=2");
}

TEST(TileSearch, TakesFromHintsOnlyWhatTheScheduleOffers) {
  const TileSearch search({{"rows", 7, {4, 7}}, {"panels", 2, {1, 2}}}, {{{"rows", 1'000'000'000}, {"panels", 1}}});
  EXPECT_EQ(to_string(search.next({}, {{}}).value()), "panels=1");
}

}  // namespace
}  // namespace lithe::test
