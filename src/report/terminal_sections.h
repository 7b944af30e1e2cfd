#pragma once
// SPDX-License-Identifier: Apache-2.0
// The sections of the terminal report, top to bottom. Each writes itself to a sheet, or nothing when it has nothing to say.
#include "noctule/analyze/analysis.h"
#include "noctule/report/messages.h"
#include "sheet.h"

namespace noctule {

void write_headline(Sheet& sheet, Language language, const Analysis& analysis);
void write_comparison(Sheet& sheet, Language language, const Analysis& analysis);
void write_apps(Sheet& sheet, Language language, const Analysis& analysis);
void write_pages(Sheet& sheet, Language language, const Analysis& analysis);
void write_pastes(Sheet& sheet, Language language, const Analysis& analysis);
void write_trend(Sheet& sheet, Language language, const Analysis& analysis);
void write_quality(Sheet& sheet, Language language, const Analysis& analysis);

}  // namespace noctule
