#include "datasets/compressed.h"

#include <bzlib.h>
#include <zlib.h>

#include <algorithm>
#include <limits>

#include "pipelines/core/error.h"
#include "pipelines/core/file.h"

namespace lithe {
namespace {

enum class Step { kMore, kEnd, kDamaged };

struct Gzip : z_stream {
  static constexpr const char* kName = "gzip";
  Gzip() : z_stream{} { LITHE_CHECK(inflateInit2(this, 15 + 16) == Z_OK); }  // 16: gzip's header and checksum
  ~Gzip() { inflateEnd(this); }
  void from(char* bytes) { next_in = reinterpret_cast<Bytef*>(bytes); }
  void to(char* bytes) { next_out = reinterpret_cast<Bytef*>(bytes); }
  Step step() {
    const int status = inflate(this, Z_NO_FLUSH);
    return status == Z_STREAM_END ? Step::kEnd : status == Z_OK ? Step::kMore : Step::kDamaged;
  }
};

struct Bzip2 : bz_stream {
  static constexpr const char* kName = "bzip2";
  Bzip2() : bz_stream{} { LITHE_CHECK(BZ2_bzDecompressInit(this, 0, 0) == BZ_OK); }
  ~Bzip2() { BZ2_bzDecompressEnd(this); }
  void from(char* bytes) { next_in = bytes; }
  void to(char* bytes) { next_out = bytes; }
  Step step() {
    const unsigned room = avail_out;
    const int status = BZ2_bzDecompress(this);
    if (status == BZ_STREAM_END) return Step::kEnd;
    const bool starved = avail_in == 0 && avail_out == room;  // it would wait for more for ever
    return status == BZ_OK && !starved ? Step::kMore : Step::kDamaged;
  }
};

template <class Stream>
std::string unpack(const std::string& path, std::string packed, int64_t limit) {
  constexpr size_t kStep = size_t{1} << 20, kMost = std::numeric_limits<unsigned>::max();
  Stream stream;
  std::string bytes;
  size_t done = 0, given = 0;
  for (Step step = Step::kMore; step != Step::kEnd;) {
    if (done == bytes.size()) {
      if (static_cast<int64_t>(done) > limit) {
        throw Error(path + ": unpacks to more than " + std::to_string(limit) + " bytes, which no data set does");
      }
      bytes.resize(done + std::max(kStep, done / 2));
    }
    if (stream.avail_in == 0) {
      stream.from(packed.data() + given);
      stream.avail_in = static_cast<unsigned>(std::min(packed.size() - given, kMost));
      given += stream.avail_in;
    }
    const size_t room = std::min(bytes.size() - done, kMost);
    stream.to(bytes.data() + done);
    stream.avail_out = static_cast<unsigned>(room);
    step = stream.step();
    if (step == Step::kDamaged) {
      throw Error(path + ": the " + Stream::kName + " data is damaged or cut off; get the file again");
    }
    done += room - stream.avail_out;
  }
  bytes.resize(done);
  return bytes;
}

}  // namespace

std::string read_gzip(const std::string& path, int64_t limit) {
  std::string bytes = read_file(path, limit);
  if (bytes.compare(0, 2, "\x1f\x8b") != 0) return bytes;
  return unpack<Gzip>(path, std::move(bytes), limit);
}

std::string read_bzip2(const std::string& path, int64_t limit) {
  return unpack<Bzip2>(path, read_file(path, limit), limit);
}

}  // namespace lithe
