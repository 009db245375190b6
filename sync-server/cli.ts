import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { type BareCommand, type BareContext, type Command, UsageError } from "./command.ts";
import { backupCommand } from "./backup/backup.command.ts";
import { restoreCommand } from "./backup/restore.command.ts";
import { readConfig } from "./config.ts";
import { createCourseCommand, listCoursesCommand } from "./courses/courses.command.ts";
import { enrolCommand, unenrolCommand } from "./courses/enrol.command.ts";
import { doctorCommand } from "./doctor/doctor.command.ts";
import { importPeopleCommand } from "./imports/import-people.command.ts";
import { jsonLog, levelled } from "./log.ts";
import { readSecret } from "./read-secret.ts";
import { openPostgres } from "./stores.ts";
import { importCourseCommand } from "./transfer/import-course.command.ts";
import { createUserCommand } from "./users/create-user.command.ts";
import { listPeopleCommand } from "./users/list-people.command.ts";
import { resetPasswordCommand } from "./users/reset-password.command.ts";
import { removeSecondFactorCommand } from "./users/second-factor/remove-second-factor.command.ts";
import { setUpLinkCommand } from "./users/set-up-link.command.ts";

// The administrator's command line. Like main.ts it reads the environment, and beside it the only file that does.

const commands: readonly (Command | BareCommand)[] = [
  createUserCommand, resetPasswordCommand, removeSecondFactorCommand, listPeopleCommand, createCourseCommand, importCourseCommand, importPeopleCommand, listCoursesCommand, enrolCommand, unenrolCommand, setUpLinkCommand,
  backupCommand, restoreCommand, doctorCommand,
];

const usageOf = ({ verb, usage }: Command | BareCommand): string => `npm run mochila -- ${verb} ${usage}`.trimEnd();

function printOverview(): void {
  const width = Math.max(...commands.map(({ verb }) => verb.length));
  console.log(["npm run mochila -- <verb> [--help]", "", ...commands.map(({ verb, about }) => `  ${verb.padEnd(width)}  ${about}`)].join("\n"));
}

const printHelp = (command: Command | BareCommand): void => console.log([usageOf(command), "", command.about, ...(command.details ? ["", command.details] : [])].join("\n"));

async function runCommand(command: Command | BareCommand, args: readonly string[]): Promise<void> {
  const config = readConfig(process.env);
  const log = levelled(jsonLog({ clock: systemClock, write: (line) => console.error(line) }), config.logLevel);
  const context: BareContext = { config, clock: systemClock, random: systemRandom, log, folder: process.env["INIT_CWD"] ?? process.cwd(), print: (line) => console.log(line), readSecret };
  if ("bare" in command) return command.run(context, args);
  const cluster = join(resolve(config.dataDir), "postgres");
  // A folder with a letter too many would be made, and look like a school that has lost everything.
  if (config.databaseUrl === null && !existsSync(cluster)) throw new Error(`There is no school in ${resolve(config.dataDir)}. Set DATA_DIR to its folder; a new school is made by npm start.`);
  const postgres = await openPostgres(config, { log, exclusive: false });
  try {
    await command.run({ ...context, database: postgres.database }, args);
  } finally {
    await postgres.stop();
  }
}

/** 0: done. 1: it failed, for the reason that was printed. 2: it was called wrongly. */
async function main([verb, ...args]: readonly string[]): Promise<0 | 1 | 2> {
  const command = commands.find((candidate) => candidate.verb === verb);
  if (!command) {
    printOverview();
    if (verb === undefined || verb === "--help" || verb === "help") return 0;
    console.error(`\nThere is no verb ${verb}.`);
    return 2;
  }
  if (args.includes("--help")) {
    printHelp(command);
    return 0;
  }
  try {
    await runCommand(command, args);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    if (!(error instanceof UsageError)) return 1;
    console.error(usageOf(command));
    return 2;
  }
}

process.exitCode = await main(process.argv.slice(2));
