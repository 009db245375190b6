import { it } from "vitest";
import { PART_MS_MAX, runPart } from "./run-part.ts";

it("I1 I2 I3 I4 I6 I7 hold for people with failing devices on failing networks whose rights come and go (second part)", () => runPart(1, 2), PART_MS_MAX);
