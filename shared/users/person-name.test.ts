import { expect, test } from "vitest";
import { PersonName } from "./typed.ts";

test("a name is one line that stands by itself", () => {
  for (const name of ["Sofía Ruiz", "O’Neill", "محمد علي", "李小龍", "Nguyễn Thị Minh", "x\u200dy"]) expect(PersonName.parse(name)).toBe(name);
  expect(PersonName.parse("  Ana ")).toBe("Ana");
  for (const name of ["", "  ", "a\nb", "Ana\u202enimdA", "a\u2066b", "a\u2028b", "a\u0000b", "x".repeat(1_000)]) expect(PersonName.safeParse(name).success).toBe(false);
});
