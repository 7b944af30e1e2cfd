// SPDX-License-Identifier: Apache-2.0
// The program: hands its arguments to the command line.
#include "noctule/cli/cli.h"

int main(int argc, char** argv) { return noctule::run_command_line(argc, argv); }
