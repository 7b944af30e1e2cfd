#pragma once
// SPDX-License-Identifier: Apache-2.0
// The people of a world: what they hold, where they sit, what their browser still has. Bounded: once full, a new person
// takes the place of a random one, who is never heard of again.
#include <cstdint>
#include <vector>

#include "devices.h"
#include "hit.h"
#include "mix.h"

namespace noctule::sim {

enum class PersonId : uint32_t { Nobody = 0xFFFFFFFF };

struct Person {
  Address address;
  uint32_t device = 0;
  uint32_t favourite = 0;      // page kept as a bookmark
  uint32_t seen[3] = {};       // pages whose assets the browser still has; 0 (home) stands for none
  Platform platform = Platform::Desktop;
  bool blocks_assets = false, relay = false, has_shared_assets = false;
};

class People {
 public:
  People(const Mix& mix, DevicePark& devices, size_t expected_visits, Random random);

  // With a device of one of these platforms.
  PersonId draw_new(Random& random, uint8_t platforms = kAnywhere);
  PersonId draw_known(Random& random) const { return static_cast<PersonId>(random.below(people_.size())); }
  PersonId draw_known_on(Random& random, uint8_t platforms);
  [[nodiscard]] Person& person(PersonId id) { return people_[static_cast<size_t>(id)]; }
  // Where a person's requests come from this time.
  Address address_of_visit(const Person& person, Random& random) const;

 private:
  Platform draw_platform(Random& random, uint8_t platforms) const;
  Address draw_address(Platform platform, Random& random);

  const Mix& mix_;
  DevicePark& devices_;
  std::vector<Person> people_;
  std::vector<Address> gateways_, offices_, relays_;
};

}  // namespace noctule::sim
