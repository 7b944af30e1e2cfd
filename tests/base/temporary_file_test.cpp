// SPDX-License-Identifier: Apache-2.0
#include "noctule/base/temporary_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace noctule {
namespace {

namespace fs = std::filesystem;

// Each test has a TMPDIR of its own and stands in a folder of its own.
class TemporaryFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const char* given = std::getenv("TMPDIR")) before_ = given;
    std::string pattern = (fs::temp_directory_path() / "noctule-base-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    cwd_ = fs::current_path();
    fs::create_directories(folder_ / "here");
    fs::current_path(folder_ / "here");
  }
  void TearDown() override {
    fs::current_path(cwd_);
    if (before_.empty()) ::unsetenv("TMPDIR");
    else ::setenv("TMPDIR", before_.c_str(), 1);
    fs::remove_all(folder_);
  }
  fs::path folder_, cwd_;
  std::string before_;
};

TEST_F(TemporaryFileTest, it_keeps_bytes_and_leaves_no_name_behind) {
  ::setenv("TMPDIR", folder_.c_str(), 1);
  const auto file = open_temporary_file();
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(std::fwrite("abc", 1, 3, file->get()), 3U);
  std::rewind(file->get());
  char bytes[3] = {};
  EXPECT_EQ(std::fread(bytes, 1, 3, file->get()), 3U);
  EXPECT_EQ(std::string(bytes, 3), "abc");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);  // "here" alone
}

TEST_F(TemporaryFileTest, a_wrong_TMPDIR_is_an_error_that_names_it_and_nothing_is_written_elsewhere) {
  for (const fs::path& wrong : {folder_ / "missing", folder_ / "file"}) {
    if (wrong.filename() == "file") std::fclose(std::fopen(wrong.c_str(), "w"));
    ::setenv("TMPDIR", wrong.c_str(), 1);
    const auto file = open_temporary_file();
    ASSERT_FALSE(file) << wrong;
    EXPECT_EQ(file.error().code, ErrorCode::Io);
    EXPECT_NE(file.error().message.find(wrong.string()), std::string::npos) << file.error().message;
    EXPECT_NE(file.error().message.find("TMPDIR"), std::string::npos);
  }
  EXPECT_TRUE(fs::is_empty(folder_ / "here"));
}

}  // namespace
}  // namespace noctule
