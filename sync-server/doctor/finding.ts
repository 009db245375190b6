/** What was looked at, and how it is. A fault makes the exit status 1; a notice is worth knowing. */
export interface Finding {
  readonly kind: "fine" | "notice" | "fault";
  /** One sentence. */
  readonly says: string;
  /** What to do about it. */
  readonly mend?: string;
}

export const fine = (says: string): Finding => ({ kind: "fine", says });
export const notice = (says: string, mend: string): Finding => ({ kind: "notice", says, mend });
export const fault = (says: string, mend: string): Finding => ({ kind: "fault", says, mend });

const MARKS = { fine: "ok    ", notice: "note  ", fault: "FAULT " } as const;

export const lineOf = ({ kind, says, mend }: Finding): string => `${MARKS[kind]} ${says}${mend === undefined ? "" : `\n        → ${mend}`}`;
