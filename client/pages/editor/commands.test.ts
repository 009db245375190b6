import type { Node } from "prosemirror-model";
import { type Command, EditorState, TextSelection } from "prosemirror-state";
import { describe, expect, test } from "vitest";
import { callout, insertExercise, insertRule, insertTable } from "./commands.ts";
import { leaveDownwards, leaveOnEnter } from "./leave-block.ts";
import { schema } from "./schema.ts";

const { nodes } = schema;
const p = (text = ""): Node => nodes.paragraph.create(null, text ? schema.text(text) : null);
const solution = (...content: Node[]): Node => nodes.solution.create(null, content);
const exercise = (...content: Node[]): Node => nodes.exercise.create(null, content);
const note = (...content: Node[]): Node => nodes.callout.create(null, content);

/** A page with the caret at the end of the `place`-th paragraph, in the order of the text. */
function pageOf(content: readonly Node[], place: number): EditorState {
  const doc = nodes.doc.create(null, content);
  const ends: number[] = [];
  doc.descendants((node, at) => void (node.type === nodes.paragraph && ends.push(at + node.nodeSize - 1)));
  return EditorState.create({ doc, selection: TextSelection.create(doc, ends[place] ?? 0) });
}

/** After the command, and after typing `X` where the caret then stands. */
function shape(state: EditorState, command: Command): string {
  let next = state;
  const done = command(state, (tr) => (next = state.apply(tr)));
  return done ? next.apply(next.tr.insertText("X")).doc.toString() : "refused";
}

describe("a block that is put in", () => {
  test("stands behind a paragraph with words, which stays whole, and has the caret", () => {
    expect(shape(pageOf([p("one"), p("two")], 0), insertExercise)).toBe(pageOf([p("one"), exercise(p("X"), solution(p())), p("two")], 0).doc.toString());
    expect(shape(pageOf([p("one")], 0), insertTable)).toMatch(/^doc\(paragraph\("one"\), table\(table_row\(table_header\(paragraph\("X"\)\)/);
  });

  test("takes the place of an empty paragraph", () => {
    expect(shape(pageOf([p("one"), p()], 1), insertExercise)).toBe(pageOf([p("one"), exercise(p("X"), solution(p()))], 0).doc.toString());
  });

  test("an exercise stands behind a call-out and another exercise, never in them; a table may stand in them", () => {
    expect(shape(pageOf([note(p("one"), p())], 1), insertExercise)).toBe(pageOf([note(p("one"), p()), exercise(p("X"), solution(p()))], 0).doc.toString());
    expect(shape(pageOf([exercise(p("one"), solution(p("two")))], 1), insertExercise)).toBe(pageOf([exercise(p("one"), solution(p("two"))), exercise(p("X"), solution(p()))], 0).doc.toString());
    expect(shape(pageOf([note(p("one"))], 0), insertTable)).toMatch(/^doc\(callout\(paragraph\("one"\), table\(/);
  });

  test("behind a line across the text goes on", () => {
    expect(shape(pageOf([p("one")], 0), insertRule)).toBe('doc(paragraph("one"), horizontal_rule, paragraph("X"))');
  });

  test("a call-out goes around the paragraph, and away again", () => {
    expect(shape(pageOf([p("one")], 0), callout)).toBe('doc(callout(paragraph("oneX")))');
    expect(shape(pageOf([note(p("one"))], 0), callout)).toBe('doc(paragraph("oneX"))');
  });
});

describe("Enter in an empty paragraph of a block", () => {
  test("leads out of a call-out below it", () => {
    expect(shape(pageOf([note(p("one"), p()), p("two")], 1), leaveOnEnter)).toBe('doc(callout(paragraph("one")), paragraph("X"), paragraph("two"))');
  });

  test("leads out of solution and exercise at once", () => {
    expect(shape(pageOf([exercise(p("q"), solution(p("a"), p()))], 2), leaveOnEnter)).toBe('doc(exercise(paragraph("q"), solution(paragraph("a"))), paragraph("X"))');
  });

  test("is one more line where it is the only or not the last one, and cuts no exercise in two", () => {
    expect(shape(pageOf([note(p())], 0), leaveOnEnter)).toBe('doc(callout(paragraph, paragraph("X")))');
    expect(shape(pageOf([exercise(p("q"), p(), solution(p("a")))], 1), leaveOnEnter)).toBe('doc(exercise(paragraph("q"), paragraph, paragraph("X"), solution(paragraph("a"))))');
  });

  test("is not ours outside of a block or with words", () => {
    expect(shape(pageOf([p()], 0), leaveOnEnter)).toBe("refused");
    expect(shape(pageOf([note(p("one"))], 0), leaveOnEnter)).toBe("refused");
  });
});

describe("arrow down at the end of the page", () => {
  const down: Command = (state, dispatch) => leaveDownwards(state, dispatch, { endOfTextblock: () => true } as never);

  test("makes a paragraph behind a block that ends it", () => {
    expect(shape(pageOf([note(p("one"))], 0), down)).toBe('doc(callout(paragraph("one")), paragraph("X"))');
  });

  test("does nothing in the middle, or in a last plain paragraph", () => {
    expect(shape(pageOf([note(p("one"), p("two"))], 0), down)).toBe("refused");
    expect(shape(pageOf([note(p("one")), p("two")], 0), down)).toBe("refused");
    expect(shape(pageOf([p("one")], 0), down)).toBe("refused");
  });
});
