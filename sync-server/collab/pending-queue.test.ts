import * as fc from "fast-check";
import { expect, test } from "vitest";
import { PendingQueue } from "./pending-queue.ts";

interface Entry {
  readonly number: number;
  ended: boolean;
}

test("RO-2 whatever ends first, all come out once, in the order in which they began, and none before it has ended", () => {
  const step = fc.oneof(fc.constant("add" as const), fc.nat(20));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new PendingQueue<Entry>(({ ended }) => ended);
      const all: Entry[] = [];
      const out: Entry[] = [];
      const take = () => {
        for (let entry = queue.next(); entry; entry = queue.next()) out.push(entry);
      };
      for (const one of steps) {
        const entry = one === "add" ? { number: all.length, ended: false } : all[one];
        if (one === "add" && entry) {
          all.push(entry);
          queue.add(entry);
        } else if (entry) entry.ended = true;
        if (steps.length % 2 === 0) take();
        expect(queue.pending).toEqual(all.filter(({ ended }) => !ended));
      }
      take();
      const begun = all.findIndex(({ ended }) => !ended);
      expect(out).toEqual(all.slice(0, begun === -1 ? all.length : begun));
      expect(queue.isEmpty).toBe(begun === -1);
    }),
  );
});
