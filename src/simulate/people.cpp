// SPDX-License-Identifier: Apache-2.0
#include "people.h"

#include <algorithm>

#include "addresses.h"

namespace noctule::sim {
namespace {

constexpr size_t kPeopleMax = 400'000;  // 64 bytes each
// About this many visits share one gateway of a carrier, one office, one relay address in the window.
constexpr size_t kVisitsPerGateway = 60, kVisitsPerOffice = 25, kVisitsPerRelay = 15;
constexpr double kJoinsHousehold = 0.15;

std::vector<Address> draw_addresses(size_t count, Random& random) {
  std::vector<Address> addresses;
  for (size_t i = 0; i < std::max<size_t>(count, 4); ++i) addresses.push_back(draw_household(random));
  return addresses;
}

}  // namespace

People::People(const Mix& mix, DevicePark& devices, size_t expected_visits, Random random)
    : mix_(mix), devices_(devices), gateways_(draw_addresses(expected_visits / kVisitsPerGateway, random)),
      offices_(draw_addresses(expected_visits / kVisitsPerOffice, random)),
      relays_(draw_addresses(expected_visits / kVisitsPerRelay, random)) {
  // Those who came before the window: the readers that bookmarks, feeds and newsletters live on.
  const size_t known = std::clamp<size_t>(expected_visits / 4, 50, kPeopleMax / 2);
  for (size_t i = 0; i < known; ++i) {
    Person& reader = person(draw_new(random));
    reader.has_shared_assets = random.chance(0.6);
  }
}

Address People::draw_address(Platform platform, Random& random) {
  if (platform != Platform::Desktop && random.chance(mix_.carrier_nat)) return gateways_[random.below(gateways_.size())];
  if (platform == Platform::Desktop && random.chance(mix_.office_nat)) return offices_[random.below(offices_.size())];
  if (!people_.empty() && random.chance(kJoinsHousehold)) return people_[random.below(people_.size())].address;
  return random.chance(mix_.ipv6) ? draw_household_v6(random) : draw_household(random);
}

Platform People::draw_platform(Random& random, uint8_t platforms) const {
  while (true) {
    const bool is_mobile = random.chance(mix_.mobile);
    const Platform platform = !is_mobile ? Platform::Desktop : random.chance(mix_.ios) ? Platform::Ios : Platform::Android;
    if ((platforms & platform_bit(platform)) != 0) return platform;
  }
}

PersonId People::draw_known_on(Random& random, uint8_t platforms) {
  for (int attempt = 0; attempt < 12; ++attempt) {
    const PersonId id = draw_known(random);
    if ((platforms & platform_bit(person(id).platform)) != 0) return id;
  }
  return draw_new(random, platforms);
}

PersonId People::draw_new(Random& random, uint8_t platforms) {
  Person person;
  person.platform = draw_platform(random, platforms);
  person.device = devices_.draw(random, person.platform);
  person.address = draw_address(person.platform, random);
  person.blocks_assets = random.chance(mix_.blocks_assets);
  person.relay = devices_.device(person.device).is_safari && random.chance(mix_.relay);
  if (people_.size() < kPeopleMax) {
    people_.push_back(person);
    return static_cast<PersonId>(people_.size() - 1);
  }
  const size_t place = random.below(people_.size());
  people_[place] = person;
  return static_cast<PersonId>(place);
}

Address People::address_of_visit(const Person& person, Random& random) const {
  return person.relay ? relays_[random.below(relays_.size())] : person.address;
}

}  // namespace noctule::sim
