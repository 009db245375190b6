import { expect, it } from "vitest";
import type { Group, Member } from "@mochila/shared/courses/member.ts";
import { arrangement } from "./groups.ts";

const member = (name: string, fields: Partial<Member> = {}): Member => ({ id: name, rev: "r", courseId: "c", userId: name, name, role: "student", state: "active", ...fields });
const group = (id: string, title: string, dissolved?: boolean): Group => ({ id, rev: "r", courseId: "c", kind: "group", title, ...(dissolved !== undefined && { dissolved }) });

it("groups stand by name and number, people by name; who left is in none, and a group that was dissolved holds nobody", () => {
  const rows = [
    member("Zoe", { groupId: "two" }), group("ten", "Group 10"), group("two", "Group 2"), group("old", "Group 1", true), member("Ana", { groupId: "two", role: "assistant" }),
    member("Ben", { groupId: "old" }), member("Mei", { groupId: "two", state: "left" }), member("Eva"), member("Luis", { role: "instructor" }), member("Omar", { groupId: "never" }),
  ];
  const now = arrangement(rows, "en");
  expect(now.groups.map(({ id }) => id)).toEqual(["two", "ten"]);
  expect(now.in.get("two")?.map(({ name }) => name)).toEqual(["Ana", "Zoe"]);
  expect(now.in.get("ten")).toEqual([]);
  expect(now.alone.map(({ name }) => name)).toEqual(["Ben", "Eva", "Omar"]);
  expect(now.students.map(({ name }) => name)).toEqual(["Ben", "Eva", "Omar", "Zoe"]);
});
