#pragma once
// SPDX-License-Identifier: Apache-2.0
// The parts of an analysis as JSON, shared by --json and the HTML report.
#include "json_writer.h"
#include "noctule/analyze/analysis.h"

namespace noctule {

// The object that docs/schema/analysis-1.json describes.
void write_analysis(JsonWriter& json, const Analysis& analysis);

// {pages, apps, rows}: rows are arrays of numbers, in the order day, page, app, channel, ga4, grade, private, arrivals,
// maybe private (0, 1); enumerations by their index in "names", GA4's channel -1 where it is not known; the page after the last is all others. For the filters of the HTML report, not published.
void write_cube(JsonWriter& json, const Analysis& analysis);

}  // namespace noctule
