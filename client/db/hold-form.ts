import { formChannel, formLock } from "./names.ts";

export interface FormHolder {
  readonly userId: string;
  /** Which form of the stores this app knows (`formOf`). */
  readonly form: number;
  /** A newer version of the app waits for this tab to leave the stores. */
  onNewer(): void;
}

/**
 * Says to all tabs that this one has a person's stores open in its form, until the function that it resolves to is called (W7). Waits while
 * a newer version of the app moves them.
 */
export const holdForm = ({ userId, form, onNewer }: FormHolder): Promise<() => void> =>
  new Promise((resolve, reject) => {
    const hold = () =>
      new Promise<void>((release) => {
        const channel = new BroadcastChannel(formChannel(userId));
        channel.addEventListener("message", ({ data }: MessageEvent<number>) => data > form && onNewer());
        resolve(() => {
          channel.close();
          release();
        });
      });
    navigator.locks.request(formLock(userId, form), { mode: "shared" }, hold).catch(reject);
  });

/**
 * This app may not open the stores. `other-tabs`: an older version has them open in another tab and does not leave. `newer`: a newer
 * version has moved them to a form that this one does not know.
 */
export class FormConflict extends Error {
  override name = "FormConflict";
  constructor(readonly reason: "other-tabs" | "newer") {
    super(reason);
  }
}
