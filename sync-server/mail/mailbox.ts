import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTransport } from "nodemailer";

/** One letter on its way. */
export interface Outgoing {
  readonly id: string;
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Where letters leave the school. `send` throws `LetterRefused` where trying again is in vain, anything else where it is not. */
export interface Mailbox {
  send(letter: Outgoing): Promise<void>;
  close(): void;
}

/** The receiver's server said no for good: the address does not exist, or takes nothing from us. */
export class LetterRefused extends Error {
  override name = "LetterRefused";
}

const TIMEOUT_MS = 15_000;
const CONNECTIONS_MAX = 2;

const headersOf = ({ id, recipient, subject, text, html }: Outgoing, from: string) => ({
  from, to: { name: "", address: recipient }, subject, text, html,
  messageId: `<${id}@${from.split("@").at(-1)?.replaceAll(/[^\w.-]/g, "") || "mochila"}>`,
  headers: { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" },
});

/** `url`: smtp(s)://user:password@host:port. */
export function smtpMailbox(url: string, from: string): Mailbox {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === "smtps:";
  const transport = createTransport({
    pool: true, maxConnections: CONNECTIONS_MAX, host: hostname, port: Number(port) || (secure ? 465 : 587), secure,
    ...(username && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS, disableFileAccess: true, disableUrlAccess: true,
  });
  return {
    send: async (letter) => {
      try {
        await transport.sendMail(headersOf(letter, from));
      } catch (error) {
        const { responseCode = 0, code } = error as { responseCode?: number; code?: string };
        // A wrong password of ours says 5xx too, but nothing of the letter.
        if (responseCode >= 500 && code === "EENVELOPE") throw new LetterRefused(`the mail server refused the address: ${responseCode}`, { cause: error });
        throw error;
      }
    },
    close: () => transport.close(),
  };
}

/** Where a school has no mail server yet: each letter is a file that any mail program opens, and one to read, for the operator to hand on. */
export function folderMailbox(folder: string, from: string): Mailbox {
  const transport = createTransport({ streamTransport: true, buffer: true });
  return {
    send: async (letter) => {
      const { message } = await transport.sendMail(headersOf(letter, from));
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(join(folder, `${letter.id}.eml`), message as Buffer, { mode: 0o600 });
      await writeFile(join(folder, `${letter.id}.txt`), `${letter.recipient}\n${letter.subject}\n\n${letter.text}\n`, { mode: 0o600 });
    },
    close: () => transport.close(),
  };
}
