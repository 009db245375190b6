import { access, constants, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { blobFolder } from "../files/blob-store.ts";
import type { Config } from "../config.ts";
import { fault, fine, type Finding, notice } from "./finding.ts";

const NODE_MIN = [20, 19] as const;
/** Below this PostgreSQL soon stops taking anything. */
const FREE_BYTES_MIN = 500_000_000;
const FREE_SHARE_NOTICE = 0.1;

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const serves = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
  return serves ? fine(`Node ${version}`) : fault(`Node is ${version}.`, `Install Node ${NODE_MIN.join(".")} or newer from nodejs.org.`);
}

export function checkSettings({ publicUrl, production, smtpUrl, mailFrom, operatorToken }: Config): Finding[] {
  const findings: Finding[] = [];
  if (publicUrl === null) findings.push(notice("Only this machine reaches the school: PUBLIC_URL is not set.", "For others set PUBLIC_URL to the https address that they type, and put a gateway with a certificate before it."));
  else findings.push(fine(`People reach the school at ${publicUrl}`));
  if (publicUrl?.startsWith("https:") && !production) findings.push(notice("NODE_ENV is not production.", "Set NODE_ENV=production on a server for others: the demo school is refused then, and the log says more."));
  if (smtpUrl === null) findings.push(notice("No mail server: letters are files, and administrators hand their links on.", "Set SMTP_URL, and MAIL_FROM, so that people can come back by themselves when they forgot a password."));
  else if (mailFrom === null) findings.push(notice("Letters come from an address that is made of PUBLIC_URL.", "Set MAIL_FROM to an address that your mail server may send for; else letters may end as junk."));
  if (operatorToken === null && publicUrl !== null) findings.push(fine("Figures for monitoring (/metrics) are open to this machine only"));
  return findings;
}

/** The nearest folder above that exists. */
const existing = async (path: string): Promise<string> => (await stat(path).catch(() => null)) ? path : dirname(path) === path ? path : existing(dirname(path));

export async function checkFolders({ dataDir, databaseUrl }: Config): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const folder of [dataDir, blobFolder(dataDir), join(dataDir, "audit")]) {
    const at = await existing(folder);
    const writable = await access(at, constants.W_OK | constants.X_OK).then(() => true, () => false);
    if (!writable) findings.push(fault(`Nothing can be written into ${at}.`, "Give it to the account that runs the server (chown), or set DATA_DIR to another folder."));
  }
  const { mode = 0 } = (await stat(databaseUrl === null ? join(dataDir, "postgres.password") : dataDir).catch(() => null)) ?? {};
  if (databaseUrl === null && (mode & 0o077) !== 0) findings.push(fault("Others on this machine can read the password of the database.", `chmod 600 ${join(dataDir, "postgres.password")}`));
  if (findings.length === 0) findings.push(fine(`The data folder ${dataDir} can be written`));
  const { bavail, blocks, bsize } = await statfs(await existing(dataDir));
  const [free, share] = [bavail * bsize, blocks === 0 ? 1 : bavail / blocks];
  const says = `${(free / 1_000_000_000).toFixed(1)} GB are free on the disk of the data folder`;
  if (free < FREE_BYTES_MIN) findings.push(fault(`Only ${says.toLowerCase()}.`, "Make room at once: a full disk stops every change. Old backups and logs go first; never delete inside the folder postgres."));
  else findings.push(share < FREE_SHARE_NOTICE ? notice(`${says}, less than a tenth.`, "Make room, or move DATA_DIR to a larger disk while the server is stopped.") : fine(says));
  return findings;
}
