// SPDX-License-Identifier: Apache-2.0
#include "noctule/upkeep/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/stat.h>

#include "folder.h"

namespace noctule {
namespace {

using testing::HasSubstr;

TEST(Manifest, what_is_written_is_read_back) {
  const Manifest manifest{.program = "1.2.3", .made_ms = 1'760'000'000'000, .files = {{"settings.db", 0, std::string(64, 'a')}, {"journal.db", UINT64_MAX, std::string(64, '0')}}};
  const auto read = parse_manifest(to_json(manifest));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->program, "1.2.3");
  EXPECT_EQ(read->made_ms, 1'760'000'000'000);
  EXPECT_EQ(read->files, manifest.files);
}

RC_GTEST_PROP(Manifest, any_bytes_are_a_manifest_or_an_error, (const std::string& bytes)) {
  const auto read = parse_manifest(bytes);
  RC_ASSERT(!read.has_value());
}

TEST(Manifest, names_that_lead_out_of_the_folder_are_refused) {
  for (const char* name : {"../keys", "/etc/passwd", "", ".hidden", "a/b"}) {
    const auto read = parse_manifest(to_json({.program = "1", .made_ms = 0, .files = {{name, 1, "00"}}}));
    ASSERT_FALSE(read) << name;
    EXPECT_EQ(read.error().code, ErrorCode::Corrupt);
  }
}

TEST(Manifest, fields_of_other_types_are_refused) {
  for (const char* text : {R"({"format": "noctule backup 2", "files": []})", R"({"format": "noctule backup 1", "files": {}})",
                           R"({"format": "noctule backup 1"})", R"({"format": "noctule backup 1", "files": [{"name": 1, "bytes": 1, "sha256": ""}]})",
                           R"({"format": "noctule backup 1", "files": [{"name": "a", "bytes": -1, "sha256": ""}]})", "[]", "{"}) {
    EXPECT_FALSE(parse_manifest(text)) << text;
  }
}

// The digests are FIPS 180-2's examples.
TEST(Manifest, the_sum_is_sha_256) {
  const TestFolder folder;
  folder.write("abc", "abc");
  folder.write("empty", "");
  EXPECT_EQ(measure_file(folder.path(), "abc").value().sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(measure_file(folder.path(), "empty").value().sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Manifest, a_copy_is_measured_private_and_replaces_nothing) {
  const TestFolder folder;
  folder.write("from", std::string(700'000, 'x'));
  const auto copied = copy_measured(folder / "from", folder.path(), "to");
  ASSERT_TRUE(copied) << copied.error().message;
  EXPECT_EQ(*copied, (ManifestEntry{"to", 700'000, measure_file(folder.path(), "from").value().sha256}));
  EXPECT_EQ(folder.read("to"), folder.read("from"));
  struct stat status {};
  ASSERT_EQ(::stat((folder / "to").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_FALSE(copy_measured(folder / "from", folder.path(), "to"));
}

TEST(Manifest, a_full_disk_is_an_error_that_says_so) {
  const TestFolder folder;
  const auto written = write_synced("/dev/full", "text");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::Exhausted);
  EXPECT_THAT(written.error().message, HasSubstr("/dev/full"));
}

TEST(Manifest, a_short_file_that_is_long_is_refused) {
  const TestFolder folder;
  folder.write("long", std::string(1'001, 'x'));
  EXPECT_EQ(read_short_file(folder / "long", 1'001).value().size(), 1'001U);
  EXPECT_EQ(read_short_file(folder / "long", 1'000).error().code, ErrorCode::Corrupt);
  EXPECT_EQ(read_short_file(folder / "none", 1'000).error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace noctule
