// SPDX-License-Identifier: Apache-2.0
#include "noctule/settings/site.h"

#include <gtest/gtest.h>

namespace noctule {
namespace {

Site site(uint32_t id, const char* domain, std::vector<std::string> hosts = {}) {
  Site made;
  made.id = SiteId{id};
  made.domain = domain;
  made.hosts = std::move(hosts);
  made.umami_id = "6f6a2d0e-0000-4000-8000-00000000000" + std::to_string(id);
  return made;
}

SiteId id_of(const Site* found) { return found == nullptr ? SiteId::None : found->id; }

TEST(SiteBook, a_site_is_found_by_its_domain_whatever_case_www_or_dot) {
  const SiteBook book({site(7, "example.org")});
  for (const char* host : {"example.org", "EXAMPLE.Org", "www.example.org", "WWW.example.org", "example.org.", "www.example.org."}) {
    EXPECT_EQ(id_of(book.find_domain(host)), SiteId{7}) << host;
  }
}

TEST(SiteBook, other_hosts_are_no_site) {
  const SiteBook book({site(7, "example.org")});
  for (const char* host : {"", ".", "www.", "www", "org", "blog.example.org", "example.org.evil.example", "notexample.org", "www.www.example.org"}) {
    EXPECT_EQ(book.find_domain(host), nullptr) << host;
  }
  EXPECT_EQ(book.find_domain(std::string(100'000, 'a')), nullptr);
}

TEST(SiteBook, further_hosts_lead_to_the_site_and_never_take_another_sites_name) {
  const SiteBook book({site(1, "example.org", {"blog.example.org", "shop.example.org"}), site(2, "shop.example.org")});
  EXPECT_EQ(id_of(book.find_domain("www.blog.example.org")), SiteId{1});
  EXPECT_EQ(id_of(book.find_domain("shop.example.org")), SiteId{2});
}

TEST(SiteBook, ids_are_found_in_any_order_they_were_given) {
  const SiteBook book({site(9, "nine.example"), site(2, "two.example"), site(5, "five.example")});
  EXPECT_EQ(book.find(SiteId{5})->domain, "five.example");
  EXPECT_EQ(book.find(SiteId{9})->domain, "nine.example");
  EXPECT_EQ(book.find(SiteId{3}), nullptr);
  EXPECT_EQ(book.find(SiteId::None), nullptr);
  EXPECT_EQ(book.sites().size(), 3u);
}

TEST(SiteBook, an_umami_id_is_found_whatever_its_case) {
  Site upper = site(4, "example.org");
  upper.umami_id = "ABCDEF00-0000-4000-8000-000000000000";
  const SiteBook book({upper, site(5, "example.com")});
  EXPECT_EQ(id_of(book.find_umami("abcdef00-0000-4000-8000-000000000000")), SiteId{4});
  EXPECT_EQ(id_of(book.find_umami("6F6A2D0E-0000-4000-8000-000000000005")), SiteId{5});
  EXPECT_EQ(book.find_umami(""), nullptr);
  EXPECT_EQ(book.find_umami("example.org"), nullptr);
}

TEST(SiteBook, a_site_without_an_umami_id_is_not_found_by_an_empty_one) {
  Site bare = site(4, "example.org");
  bare.umami_id.clear();
  EXPECT_EQ(SiteBook({bare}).find_umami(""), nullptr);
}

}  // namespace
}  // namespace noctule
