import { expect, it } from "vitest";
import { errorCauses } from "@mochila/shared/error-causes.ts";
import { outbox as en } from "../i18n/en/outbox.ts";
import { outbox as es } from "../i18n/es/outbox.ts";
import { refusalOf, workKind } from "./entry-words.ts";

/** What a push, an upload or a room is refused with, and what the device says itself. */
const codes = [...Object.keys(errorCauses).filter((code) => code.startsWith("row_")), "forbidden", "invalid_input", "too_large", "wrong_type", "epoch_changed", "replaced"];

it("N2 every reason for which work is not taken has words of its own in both languages; an unknown one is not explained away", () => {
  for (const code of codes) {
    const refusal = refusalOf(code);
    expect(refusal, code).not.toBe("other");
    expect([en[`refusal_${refusal}`], es[`refusal_${refusal}`]].every(Boolean)).toBe(true);
  }
  expect(refusalOf("a code of next year")).toBe("other");
});

it("N1 a rescued text of a room is told from a change of its page", () => {
  expect(workKind({ collection: "items", key: "page:0f6b0c0e-0000-4000-8000-000000000000:en" })).toBe("text");
  expect(workKind({ collection: "items", key: "0f6b0c0e-0000-4000-8000-000000000000/1" })).toBe("page");
  expect(workKind({ collection: "files", key: "x" })).toBe("picture");
});
