import { describe, expect, it } from "vitest";
import { editionId, items, type PageItem } from "../pages/schema.ts";
import { isDerivedId, isUuid, namedId, newId, pairId } from "./ids.ts";

const bytesOf = (id: string): number[] => [...Buffer.from(id.replaceAll("-", ""), "hex")];
const xor = (...ids: string[]): string => {
  const bytes = ids.map(bytesOf).reduce((left, right) => left.map((byte, index) => byte ^ (right[index] ?? 0)));
  return Buffer.from(bytes).toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
};

describe("derived ids", () => {
  it("are the same wherever they are made", () => {
    const [person, item] = ["01a20485-3eda-710a-bc23-9584a8827556", "01a20485-548c-7b30-9407-0db271f3484f"];
    expect(pairId(person, item)).toBe("3207322d-a71d-8131-87cd-4aa3fd5a27d4");
    expect(namedId(item, "body-en")).toBe("2710044f-844c-82e6-a92b-2d20347f50bd");
    expect([pairId(person, item), namedId(item, "body-en")].every((id) => isUuid(id) && isDerivedId(id))).toBe(true);
    expect(isDerivedId(newId())).toBe(false);
  });

  it("of somebody else cannot be reached by choosing the other half", () => {
    const [classmate, item, me] = [newId(), newId(), newId()];
    const chosen = xor(classmate, item, me);
    expect(pairId(me, chosen)).not.toBe(pairId(classmate, item));
    expect(pairId(item, classmate)).not.toBe(pairId(classmate, item));
  });

  it("of one page's parts cannot be those of another's", () => {
    const page = newId();
    const named = (name: string): string => Buffer.from(name.padEnd(16, "\0"), "latin1").toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    const chosen = xor(page, named("edition"), named("body-en"));
    expect(namedId(chosen, "edition")).not.toBe(namedId(page, "body-en"));
  });

  it("are not for pages: a page there would stand where another page's edition belongs", () => {
    const [teacher, courseId, other] = [newId(), newId(), newId()];
    const actor = { userId: teacher, systemRole: "instructor", courses: new Map([[courseId, "instructor"]]) } as const;
    const page = (id: string): PageItem => ({ id, rev: newId(), courseId, kind: "page", moduleId: newId(), title: {}, order: "a", state: "draft" });
    expect(items.mayCreate(actor, page(newId()))).toBe(true);
    expect(items.mayCreate(actor, page(editionId(other)))).toBe(false);
  });
});
