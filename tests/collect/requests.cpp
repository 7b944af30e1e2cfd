// SPDX-License-Identifier: Apache-2.0
#include "requests.h"

namespace noctule {

SiteBook test_sites() {
  std::vector<Site> sites(4);
  sites[0].id = SiteId{1};
  sites[0].domain = "example.org";
  sites[0].hosts = {"www.example.com"};
  sites[0].umami_id = "11111111-2222-4333-8444-555555555555";
  sites[0].query_parameters = {"id", "page"};
  sites[1].id = SiteId{2};
  sites[1].domain = "consented.example.net";
  sites[1].umami_id = "22222222-2222-4333-8444-555555555555";
  sites[1].mode = ConsentMode::Consented;
  sites[2].id = SiteId{3};
  sites[2].domain = "localhost";
  sites[3].id = SiteId{4};
  sites[3].domain = "shop.example.org";
  return SiteBook(std::move(sites));
}

PseudonymKeys test_keys() {
  PseudonymKeys keys;
  keys.day_number = kTestNowMs / 86'400'000;
  keys.visitor.fill(1);
  keys.echo.fill(2);
  keys.event_id.fill(3);
  return keys;
}

CollectRequest TestRequest::view() const {
  CollectRequest request;
  request.protocol = protocol_;
  request.query = query;
  request.body = body_;
  request.content_type = content_type;
  request.user_agent = user_agent;
  request.referer = referer;
  request.origin = origin;
  request.authorization = authorization;
  request.address = address;
  request.gpc = gpc;
  request.dnt = dnt;
  request.prefetch = prefetch;
  request.debug = debug;
  request.api_key_ok = api_key_ok;
  request.key_site = key_site;
  return request;
}

CollectOutcome collect(const TestRequest& request) {
  static const SiteBook sites = test_sites();
  static Collector collector;
  CollectOutcome outcome;
  collector.collect(request.view(), sites, test_keys(), kTestNowMs, outcome);
  return outcome;
}

std::vector<Event> events_of(const CollectOutcome& outcome) {
  std::vector<Event> events;
  std::string_view bytes = outcome.events;
  while (!bytes.empty()) {
    auto event = take_encoded(bytes);
    NOCT_ASSERT(event.has_value());
    events.push_back(*event);
  }
  return events;
}

}  // namespace noctule
