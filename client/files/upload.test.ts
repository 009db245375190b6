import { afterEach, expect, it, vi } from "vitest";
import type { WaitingUpload } from "../db/local.ts";
import { upload } from "./upload.ts";

const row: WaitingUpload = {
  id: "01a20485-548c-7b30-9407-0db271f3484f", courseId: "01a20485-4494-7d56-b14e-49a26b3d8c02", name: "rain.png", type: "image/png",
  sha256: "0".repeat(64), bytes: 3, at: 0, location: null, refused: null,
};
const answered = (answer: () => Response) => {
  vi.stubGlobal("fetch", () => Promise.resolve(answer()));
  return upload({ accessToken: () => Promise.resolve("token") }, { row, blob: new Blob(["abc"]), located: () => Promise.resolve() });
};
afterEach(() => void vi.unstubAllGlobals());

it("a 403 that is not our server's gives up no picture", async () => {
  expect(await answered(() => new Response("<h1>Blocked by the school</h1>", { status: 403, headers: { "content-type": "text/html" } }))).toEqual({ kind: "later" });
});

it("our server's word is final", async () => {
  expect(await answered(() => Response.json({ error: { code: "forbidden", message: "no" } }, { status: 403 }))).toEqual({ kind: "refused", code: "forbidden" });
});
