# SPDX-License-Identifier: Apache-2.0
# Writes OUT, a C++ source that holds each table of TABLES (paths) as a raw string: the program needs no file at run time.
# A raw string literal is cut into pieces, because compilers may limit one to 64 KiB.
set(text "// Made from data/*.tsv at build time.\n#include \"embedded_tables.h\"\nnamespace noctule {\n")
foreach(path IN LISTS TABLES)
  get_filename_component(name ${path} NAME_WE)
  file(READ ${path} rest)
  string(APPEND text "const std::string_view kTable_${name} =\n")
  string(LENGTH "${rest}" size)
  set(at 0)
  while(at LESS size)
    string(SUBSTRING "${rest}" ${at} 8000 piece)
    string(FIND "${piece}" "\n" end REVERSE)
    math(EXPR end "${end} + 1")  # cut behind a line, never within a letter of several bytes
    string(SUBSTRING "${piece}" 0 ${end} piece)
    string(APPEND text "R\"~TSV~(${piece})~TSV~\"\n")
    math(EXPR at "${at} + ${end}")
  endwhile()
  string(APPEND text ";\n")
endforeach()
string(APPEND text "}  // namespace noctule\n")
file(WRITE ${OUT} "${text}")
