#pragma once
// SPDX-License-Identifier: Apache-2.0
// Mail gateways look at the links of a mail before its reader does: with a browser's user agent, from a cloud, with the
// recipient's own parameters, and without the page's assets.
#include "stage.h"

namespace noctule::sim {

// Adds the fetch of a link by a gateway within some minutes after a mail was sent.
void fetch_by_gateway(Stage& stage, uint32_t page, const QueryPart& query, int64_t sent_ms);

}  // namespace noctule::sim
