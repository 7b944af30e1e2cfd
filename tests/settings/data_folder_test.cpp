// SPDX-License-Identifier: Apache-2.0
#include "noctule/settings/data_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace noctule {
namespace {

class DataFolderTest : public testing::Test {
 protected:
  DataFolderTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "noctule-data-XXXXXX").string();
    parent_ = ::mkdtemp(pattern.data());
  }
  ~DataFolderTest() override { std::filesystem::remove_all(parent_); }
  std::string parent_;
};

TEST_F(DataFolderTest, is_made_private_once_and_a_file_in_its_place_is_refused) {
  const DataFolder folder(parent_ + "/data");
  ASSERT_TRUE(folder.create());
  ASSERT_TRUE(folder.create());
  struct stat status {};
  ASSERT_EQ(::stat(folder.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  std::ofstream(parent_ + "/file") << "x";
  EXPECT_FALSE(DataFolder(parent_ + "/file").create());
  EXPECT_FALSE(DataFolder(parent_ + "/no/such").create());
}

TEST_F(DataFolderTest, has_one_owner_at_a_time_and_is_free_when_that_one_is_gone) {
  const DataFolder folder(parent_);
  EXPECT_FALSE(DataFolderLock::is_held(folder));
  {
    const DataFolderLock lock = *DataFolderLock::take(folder);
    EXPECT_TRUE(DataFolderLock::is_held(folder));
    const auto second = DataFolderLock::take(folder);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::Exhausted);
  }
  EXPECT_FALSE(DataFolderLock::is_held(folder));
  EXPECT_TRUE(DataFolderLock::take(folder));
}

}  // namespace
}  // namespace noctule
