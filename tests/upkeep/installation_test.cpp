// SPDX-License-Identifier: Apache-2.0
#include "noctule/upkeep/installation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data.h"

namespace noctule {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class InstallationTest : public testing::Test {
 protected:
  void SetUp() override { fill(data_.path()); }
  TestFolder data_;
};

TEST_F(InstallationTest, a_sound_folder_has_no_findings) {
  auto opened = InstallationAtRest::open(DataFolder(data_.path()));
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_THAT(check_installation(opened->view()).value(), IsEmpty());
}

TEST_F(InstallationTest, a_folder_that_a_server_owns_is_not_opened) {
  const auto server = DataFolderLock::take(DataFolder(data_.path()));
  const auto opened = InstallationAtRest::open(DataFolder(data_.path()));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::Exhausted);
}

TEST_F(InstallationTest, a_folder_that_is_none_or_empty_is_said_and_stays_empty) {
  EXPECT_EQ(InstallationAtRest::open(DataFolder(data_ / "none")).error().code, ErrorCode::NotFound);
  const TestFolder empty;
  EXPECT_EQ(InstallationAtRest::open(DataFolder(empty.path())).error().code, ErrorCode::NotFound);
  EXPECT_TRUE(std::filesystem::is_empty(empty.path()));
}

TEST_F(InstallationTest, events_of_an_unknown_site_are_found) {
  OpenData data = open_data(data_.path());
  const std::array rows = {page_view(77, kNowMs, 1, "/")};
  ASSERT_TRUE(data.store->append(BatchId(2), rows).has_value());
  EXPECT_THAT(check_installation(view_of(data_.path(), data)).value(), Contains(HasSubstr("1 events of site 77")));
}

TEST_F(InstallationTest, a_page_of_the_journal_that_went_bad_is_found) {
  OpenData data = open_data(data_.path());
  data.journal.reset();  // merges what is beside the file
  {
    std::fstream file(DataFolder(data_.path()).journal(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(2 * 4'096 + 1);
    file << std::string(200, '\x77');
  }
  data.journal = Journal::open({.path = data_ / "other.db"}).value();
  EXPECT_THAT(check_installation(view_of(data_.path(), data)).value(), Contains(StartsWith("journal.db: ")));
}

TEST_F(InstallationTest, an_export_has_names_for_numbers_and_one_sites_rows) {
  OpenData data = open_data(data_.path());
  const std::array rows = {page_view(2, kNowMs, 21, "/of two")};
  ASSERT_TRUE(data.store->append(BatchId(2), rows).has_value());
  ASSERT_TRUE(data.store->export_to(export_statement(SiteId(2)), data_ / "two.csv", "csv").has_value());
  const std::string csv = data_.read("two.csv");
  EXPECT_THAT(csv, StartsWith("site,time,kind,"));
  EXPECT_THAT(csv, HasSubstr("pageview"));
  EXPECT_THAT(csv, HasSubstr("/of two"));
  EXPECT_EQ(std::ranges::count(csv, '\n'), 2);
  EXPECT_EQ(data.store->read(export_statement(SiteId::None)).value().rows.size(), 4U);
}

TEST_F(InstallationTest, an_export_has_only_the_attribution_that_reports_use) {
  OpenData data = open_data(data_.path());
  EventRow anew = page_view(1, kNowMs, 11, "/a");
  anew.attribution = 2;
  ASSERT_TRUE(data.store->append(BatchId(2), std::array{anew}).has_value());
  EXPECT_EQ(data.store->read(export_statement(SiteId(1))).value().rows.size(), 3U);
  ASSERT_TRUE(data.store->write(std::array{Statement{"INSERT INTO attribution_versions(version, site, made_ms) VALUES (2, 1, 0)", {}}}).has_value());
  EXPECT_EQ(data.store->read(export_statement(SiteId(1))).value().rows.size(), 1U);
}

}  // namespace
}  // namespace noctule
