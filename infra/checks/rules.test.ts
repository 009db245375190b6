import { describe, expect, test } from "vitest";
import { readSpec, uncited } from "./rules.ts";
import { sourceFiles } from "./source-files.ts";

const specs = sourceFiles("SPEC.md");
// This file's own examples must cite nothing.
const tests = sourceFiles(".test.ts", ".test.tsx", ".contract.ts").filter(({ path }) => path !== "infra/checks/rules.test.ts");

describe("rules of the engines", () => {
  test.each(specs.map(({ path, text }) => [path, text]))("%s: every rule is named by a test, or said to be a gap", (_, text) => {
    expect(readSpec(text).ids.length).toBeGreaterThan(5);
    expect(uncited(text, tests)).toEqual([]);
  });

  test("there are specs", () => {
    expect(specs.map(({ path }) => path)).toEqual(expect.arrayContaining(["shared/sync/SPEC.md", "shared/access/SPEC.md", "shared/activity/SPEC.md", "shared/collab/SPEC.md"]));
  });

  test("the check sees rules in lists, ranges and tables, and one that no test names", () => {
    const spec = "- **ZZ1** one. **ZZ2** two.\n- **ZZ3–ZZ5** a range\n| ZY-07 | a cell |\n## Gaps\n- ZZ4 has no test.\n";
    expect(readSpec(spec).ids).toEqual(["ZZ1", "ZZ2", "ZZ3", "ZZ4", "ZZ5", "ZY-07"]);
    expect(uncited(spec, [{ path: "x.test.ts", text: 'test("ZZ1 and ZZ3 hold (ZY-07)")' }])).toEqual(["ZZ2", "ZZ5"]);
  });
});
