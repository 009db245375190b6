import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Database, Sql } from "../db/database.ts";
import { missingMigrations } from "../db/migrate.ts";
import { feedHorizonAge } from "../sync/horizon-age.ts";
import { fault, fine, type Finding, notice } from "./finding.ts";

/** Longer than a request's transaction may be; older ones are somebody else's. */
const HELD_SECONDS_MAX = 20;
const DRIFT_MS_MAX = 2_000;

/** Off, a power cut may lose or break what was answered. */
const SAFE: Readonly<Record<string, readonly string[]>> = { fsync: ["on"], full_page_writes: ["on"], synchronous_commit: ["on", "remote_write", "remote_apply", "local"] };

export async function checkDatabase(database: Database, clock: Clock): Promise<Finding[]> {
  const { sql } = database;
  return [...(await checkForm(database)), ...(await checkSafety(sql)), ...(await checkOthers(sql)), ...(await checkHorizon(sql)), await checkDrift(sql, clock), await checkEpoch(sql), ...(await checkAside(sql))];
}

async function checkForm(database: Database): Promise<Finding[]> {
  const [row] = await database.sql<{ version: string }[]>`select current_setting('server_version') as version`;
  const { missing, unknown } = await missingMigrations(database);
  const findings = [fine(`PostgreSQL ${row?.version ?? ""}`)];
  if (unknown.length > 0) findings.push(fault(`The database was used by a newer Mochila (${unknown.join(", ")}).`, "Install that version again; an older program must not run on it."));
  else if (missing.length > 0) findings.push(notice(`The database has the form of an older version (${missing.length} steps behind).`, "Nothing to do: the next start of the server brings it up to date. Make a backup before."));
  else findings.push(fine("The database has the form of this version"));
  return findings;
}

async function checkSafety(sql: Sql): Promise<Finding[]> {
  const rows = await sql<{ name: string; setting: string }[]>`select name, setting from pg_settings where name = any(${Object.keys(SAFE)})`;
  const unsafe = rows.filter(({ name, setting }) => !SAFE[name]?.includes(setting));
  return unsafe.map(({ name, setting }) => fault(`PostgreSQL runs with ${name} = ${setting}: a power cut may lose work that people were told is safe.`, `Set ${name} = on in postgresql.conf and reload it.`));
}

/** Whoever else writes in this cluster holds back the feed of every device. */
async function checkOthers(sql: Sql): Promise<Finding[]> {
  const foreign = await sql<{ name: string }[]>`select datname as name from pg_database where not datistemplate and datname not in (current_database(), 'postgres') order by datname`;
  if (foreign.length === 0) return [];
  return [notice(`Other databases live in the same PostgreSQL: ${foreign.map(({ name }) => name).join(", ")}.`, "A long transaction in one of them keeps news from every device. Give the school a PostgreSQL of its own.")];
}

async function checkHorizon(sql: Sql): Promise<Finding[]> {
  const seconds = (await feedHorizonAge(sql).read()) ?? 0;
  if (seconds <= HELD_SECONDS_MAX) return [fine("Changes reach other devices at once")];
  const holders = await sql<{ pid: number; name: string; who: string; state: string; seconds: number }[]>`
    select pid, coalesce(nullif(application_name, ''), 'without a name') as name, coalesce(usename, '') || ' in ' || coalesce(datname, '') as who, coalesce(state, '') as state, extract(epoch from clock_timestamp() - xact_start)::int as seconds
    from pg_stat_activity where backend_xid is not null and xact_start < now() - make_interval(secs => ${HELD_SECONDS_MAX}) order by xact_start limit 5`;
  return holders.map(({ pid, name, who, state, seconds: age }) =>
    fault(`A transaction has been open for ${age} s (${name}, ${who}, ${state}): meanwhile nobody's device hears of anything new.`, `End what runs it, or: select pg_terminate_backend(${pid})`));
}

async function checkDrift(sql: Sql, clock: Clock): Promise<Finding> {
  const before = clock.now();
  const [row] = await sql<{ now: Date }[]>`select clock_timestamp() as now`;
  const after = clock.now();
  const there = row?.now.getTime() ?? before;
  const drift = there < before ? before - there : Math.max(0, there - after);
  if (drift <= DRIFT_MS_MAX) return fine("The clocks of this machine and of the database agree");
  return fault(`The clock of the database is ${Math.round(drift / 1_000)} s apart from this machine's.`, "Switch on time synchronization (NTP) on both: deadlines and sign-ins go by these clocks.");
}

async function checkEpoch(sql: Sql): Promise<Finding> {
  const [row] = await sql<{ same: boolean }[]>`
    select sync_epoch.system_identifier = control.system_identifier::text and sync_epoch.last_xid <= pg_snapshot_xmax(pg_current_snapshot()) as same from sync_epoch, pg_control_system() as control`;
  if (row?.same) return fine("The history that devices know is this one");
  return notice(row ? "The database was put back or moved since the server last ran." : "No server has run on this database since it was made or restored.", "Nothing to do: at its next start devices begin anew and bring back what they had handed in.");
}

/** What restores have kept. */
async function checkAside(sql: Sql): Promise<Finding[]> {
  const kept = await sql<{ name: string; megabytes: number }[]>`
    select space.nspname as name, (coalesce(sum(pg_total_relation_size(class.oid)), 0) / 1000000)::int as megabytes from pg_namespace as space left join pg_class as class on class.relnamespace = space.oid and class.relkind = 'r'
    where space.nspname ~ '^before_[0-9]{14}$' or space.nspname = 'restoring' group by space.nspname order by space.nspname`;
  return kept.map(({ name, megabytes }) => notice(`The database still keeps the school of before a restore (${name}, ${megabytes} MB).`, `When nobody needs it any more: drop schema ${name} cascade`));
}
