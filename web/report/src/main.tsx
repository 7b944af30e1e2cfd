// SPDX-License-Identifier: Apache-2.0
import { render } from "preact";
import { Report } from "./report";
import { load } from "./data";

const root = document.getElementById("report");
if (root) render(<Report embedded={load()} />, root);
