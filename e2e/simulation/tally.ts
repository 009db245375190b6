/** How often each thing happened; a run in which one of them never did has shown nothing. */
export interface Tally {
  requests: number;
  disconnects: number;
  lostAnswers: number;
  duplicates: number;
  heldPulls: number;
  slowWrites: number;
  conflicts: number;
  rejections: number;
  crashes: number;
  writeFailures: number;
  quota: number;
  revocations: number;
  unpublications: number;
  roleChanges: number;
  coursesHidden: number;
  leaderChanges: number;
  clockJumps: number;
  lostRows: number;
  repairs: number;
  restores: number;
  offeredAgain: number;
  updates: number;
  bookmarks: number;
}

export const emptyTally = (): Tally => ({
  requests: 0, disconnects: 0, lostAnswers: 0, duplicates: 0, heldPulls: 0, slowWrites: 0, conflicts: 0, rejections: 0, crashes: 0, writeFailures: 0, quota: 0,
  revocations: 0, unpublications: 0, roleChanges: 0, coursesHidden: 0, leaderChanges: 0, clockJumps: 0, lostRows: 0, repairs: 0, restores: 0, offeredAgain: 0, updates: 0, bookmarks: 0,
});
