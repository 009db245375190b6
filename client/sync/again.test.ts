import { describe, expect, it } from "vitest";
import type { CourseRole } from "@mochila/shared/access/actor.ts";
import { draftId } from "@mochila/shared/drafts/schema.ts";
import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import { collectionNamed } from "@mochila/shared/registry.ts";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { RescuedWork } from "../person.ts";
import { againOf } from "./again.ts";

const [userId, courseId, itemId] = [newId(), newId(), newId()];
const definitionOf = (name: string) => collectionNamed(name) as CollectionDefinition;
const actor = (role?: CourseRole) => ({ userId, systemRole: "student" as const, courses: new Map(role ? [[courseId, role]] : []) });

const made = { courseId, userId, itemId, kind: "note", createdAt: 1 };
const note = (code: string, fields: Record<string, unknown> = { body: "mine" }): RescuedWork => ({ key: "k", collection: "drafts", documentId: draftId({ userId, itemId, kind: "note" }), courseId, itemId, code, at: 1, fields, text: "", made });
const noteNow = (body: string): SyncedDocument => ({ id: note("x").documentId, rev: newRev(), ...made, body });
const module: SyncedDocument = { id: newId(), rev: newRev(), courseId, title: { en: "Now" }, order: "V", state: "draft" };
const moduleWork = (code: string, fields: Record<string, unknown>): RescuedWork => ({ ...note(code, fields), collection: "modules", documentId: module.id, itemId: null });

describe("N4 sending again is offered only where it can work", () => {
  it("N4 not for what is refused for what it is, whoever asks", () => {
    for (const code of ["row_invalid", "row_deletion", "invalid_input", "too_large"]) {
      expect(againOf(note(code), { definition: definitionOf("drafts"), actor: actor("student"), current: noteNow("x") })).toBeNull();
    }
    expect(againOf(moduleWork("replaced", { title: { en: "x".repeat(1_000) } }), { definition: definitionOf("modules"), actor: actor("instructor"), current: module })).toBeNull();
  });

  it("N4 not while the person may not write it; again once they may", () => {
    const work = moduleWork("row_forbidden", { title: { en: "Mine" } });
    for (const role of [undefined, "student", "assistant"] as const) expect(againOf(work, { definition: definitionOf("modules"), actor: actor(role), current: module })).toBeNull();
    expect(againOf(work, { definition: definitionOf("modules"), actor: actor("instructor"), current: module })).toEqual({ ...module, title: { en: "Mine" } });
  });

  it("N4 what was never stored is made again, once the person is in the course; what was removed is not", () => {
    const definition = definitionOf("drafts");
    expect(againOf(note("row_forbidden"), { definition, actor: actor(), current: undefined })).toBeNull();
    expect(againOf(note("row_forbidden"), { definition, actor: actor("student"), current: undefined })).toMatchObject({ ...made, body: "mine" });
    expect(againOf(note("row_removed"), { definition, actor: actor("student"), current: undefined })).toBeNull();
    const { made: _, ...older } = note("row_forbidden");
    expect(againOf(older, { definition, actor: actor("student"), current: undefined })).toBeNull();
  });

  it("N4 a text is laid beside what stands, so that nothing newer is lost", () => {
    expect(againOf(note("replaced"), { definition: definitionOf("drafts"), actor: actor("student"), current: noteNow("newer") })?.["body"]).toBe("newer\nmine");
    expect(againOf(note("replaced"), { definition: definitionOf("drafts"), actor: actor("student"), current: noteNow("above\nmine\nbelow") })?.["body"]).toBe("above\nmine\nbelow");
  });
});
