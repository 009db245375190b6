import { CHANGEABLE, type Declaration, EXISTING, IN_BODY, PERSONS, relations, SHOWN, SOMEBODY } from "./declaration.ts";

const tus = { "tus-resumable": "1.0.0" };
const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** Pictures of courses, by reference: sync-server/files. */
export const files: Declaration = {
  // A picture that a published page has shown stays readable when the page goes into the bin.
  "GET /api/files/:id": {
    may: { instructor: EXISTING, assistant: EXISTING, student: [...SHOWN, "deleted"], observer: [...SHOWN, "deleted"] },
    on: relations, refused: "not_found", send: ({ fileId }) => ({ params: { id: fileId } }),
  },
  "GET /api/files/:id (by its hash)": { may: {}, on: EXISTING, refused: "not_found", send: ({ hash }) => ({ params: { id: hash } }) },
  // A face is seen by whoever is in a course with the person.
  "GET /api/files/:id (somebody's picture)": {
    may: { owner: SOMEBODY, administrator: SOMEBODY, instructor: SOMEBODY, assistant: SOMEBODY, student: SOMEBODY, observer: SOMEBODY },
    on: PERSONS, refused: "not_found", send: ({ person }) => ({ params: { id: person.pictureId } }),
  },
  "POST /api/files": {
    may: { instructor: CHANGEABLE }, on: IN_BODY, answers: 201,
    send: ({ courseId, hash }, { newId }) => ({
      headers: { ...tus, "upload-length": "2", "upload-metadata": Object.entries({ id: newId(), courseId, name: "a.png", type: "image/png", sha256: hash }).map(([key, value]) => `${key} ${base64(value)}`).join(",") },
    }),
  },
  "HEAD /api/files/:id": { may: { teachingOwner: CHANGEABLE }, on: relations, refused: "not_found", send: ({ uploadId }) => ({ params: { id: uploadId }, headers: tus }) },
  "PATCH /api/files/:id": {
    may: { teachingOwner: CHANGEABLE }, on: relations, refused: "not_found", answers: 204,
    send: ({ uploadId }) => ({ params: { id: uploadId }, headers: { ...tus, "content-type": "application/offset+octet-stream", "upload-offset": "0" }, bytes: new Uint8Array([1]) }),
  },
};
