import { expect, test } from "vitest";
import { readEmails } from "./people-list.ts";

test("e-mails as people paste them: lines, commas, names around them, twice, and what is none", () => {
  expect(readEmails("Ana@lake.example\r\n\n  luis@lake.example , sofia@lake.example;Ben Carter <ben@lake.example>\nana@lake.example\nnobody\n")).toEqual({
    emails: ["ana@lake.example", "luis@lake.example", "sofia@lake.example", "ben@lake.example"],
    others: ["nobody"],
  });
  expect(readEmails(" \n ")).toEqual({ emails: [], others: [] });
});
