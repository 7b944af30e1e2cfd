// SPDX-License-Identifier: Apache-2.0
#include "noctule/tracker/tracker_script.h"

#include <brotli/decode.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <string>

namespace noctule {
namespace {

std::string gunzip(std::string_view bytes) {
  std::string out(64 * 1024, '\0'), in(bytes);
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 16 + MAX_WBITS), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

std::string unbrotli(std::string_view bytes) {
  std::string out(64 * 1024, '\0');
  size_t size = out.size();
  EXPECT_EQ(BrotliDecoderDecompress(bytes.size(), reinterpret_cast<const uint8_t*>(bytes.data()), &size, reinterpret_cast<uint8_t*>(out.data())),
            BROTLI_DECODER_RESULT_SUCCESS);
  out.resize(size);
  return out;
}

TEST(TrackerScript, is_as_small_as_was_promised) {
  EXPECT_LE(tracker_script().gzip.size(), kTrackerGzipSizeMax);
  EXPECT_LT(tracker_script().brotli.size(), tracker_script().gzip.size());
  RecordProperty("gzip_bytes", static_cast<int>(tracker_script().gzip.size()));
}

TEST(TrackerScript, is_the_same_in_every_coding) {
  EXPECT_EQ(gunzip(tracker_script().gzip), tracker_script().plain);
  EXPECT_EQ(unbrotli(tracker_script().brotli), tracker_script().plain);
}

TEST(TrackerScript, neither_sets_cookies_nor_stores_anything_nor_runs_text_as_code) {
  for (const char* word : {"cookie", "localStorage", "sessionStorage", "indexedDB", "eval(", "Function(", "innerHTML", "document.write"}) {
    EXPECT_EQ(tracker_script().plain.find(word), std::string_view::npos) << word;
  }
}

TEST(TrackerScript, has_an_etag_in_quotes) {
  const std::string_view etag = tracker_script().etag;
  EXPECT_EQ(etag.size(), 18U);
  EXPECT_TRUE(etag.starts_with('"') && etag.ends_with('"'));
}

std::string read_source(const char* path) {
  std::ifstream file(std::string(NOCTULE_SOURCE_DIR "/") + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(TrackerDocument, names_every_attribute_and_the_size) {
  const std::string script = read_source("web/tracker/src/script.ts"), document = read_source("docs/tracker.md");
  const std::regex attribute(R"re(data\["(\w+)"\]|"(\w+)" in data)re");
  int count = 0;
  for (std::sregex_iterator at(script.begin(), script.end(), attribute), end; at != end; ++at, ++count) {
    const std::string name = "`data-" + ((*at)[1].matched ? (*at)[1].str() : (*at)[2].str()) + "`";
    EXPECT_NE(document.find(name), std::string::npos) << name;
  }
  EXPECT_EQ(count, 5);
  EXPECT_NE(document.find("at most 1,500 bytes by gzip"), std::string::npos);
  static_assert(kTrackerGzipSizeMax == 1'500);
}

}  // namespace
}  // namespace noctule
