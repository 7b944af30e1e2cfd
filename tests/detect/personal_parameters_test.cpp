// SPDX-License-Identifier: Apache-2.0
#include "personal_parameters.h"

#include <gtest/gtest.h>

#include "knowledge_tables.h"
#include "tsv.h"

namespace noctule {
namespace {

TEST(PersonalParameters, each_row_of_the_table_is_recognised_however_it_is_written) {
  const auto table = TsvTable::parse("personal_parameters", TableTexts::builtin().personal_parameters, {"name", "text", "source"});
  ASSERT_TRUE(table) << table.error().message;
  ASSERT_GT(table->rows().size(), 20U);
  const Knowledge& knowledge = Knowledge::builtin();
  for (const auto& row : table->rows()) {
    const std::string name(row[0]);
    EXPECT_TRUE(knowledge.is_personal(name + "=1")) << name;
    EXPECT_TRUE(knowledge.is_personal("form%5B_" + name.substr(0, 1) + "-" + name.substr(1) + "%5D=1")) << name;
    EXPECT_FALSE(knowledge.is_personal("x" + name + "x=1")) << name;
  }
}

TEST(PersonalParameters, an_address_of_e_mail_is_personal_under_any_name_and_other_signs_at_are_not) {
  const Knowledge& knowledge = Knowledge::builtin();
  for (const char* text : {"to=jane@example.org", "x=jane.doe%2Bshop%40mail.example.org", "jane@example.org"}) EXPECT_TRUE(knowledge.is_personal(text)) << text;
  for (const char* text : {"by=@jane.doe", "q=5@once", "a=@", "a=x@.org", "id=42", "", "="}) EXPECT_FALSE(knowledge.is_personal(text)) << text;
}

TEST(PersonalParameters, a_table_that_is_wrong_is_refused_with_the_row) {
  for (const char* row : {"E-Mail\tx\ty", "\tx\ty", "a\t\ty", "a\tx\t", "a\tx\ty\na\tx\ty"}) {
    const auto read = PersonalParameters::read("name\ttext\tsource\n" + std::string(row) + "\n");
    ASSERT_FALSE(read) << row;
    EXPECT_NE(read.error().message.find("personal_parameters"), std::string::npos) << read.error().message;
  }
}

}  // namespace
}  // namespace noctule
