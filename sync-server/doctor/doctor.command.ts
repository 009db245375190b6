import { existsSync } from "node:fs";
import { join } from "node:path";
import { readOptions } from "../command-line.ts";
import type { BareCommand, BareContext } from "../command.ts";
import { blobFolder, FolderBlobStore } from "../files/blob-store.ts";
import { reasonOf } from "../log.ts";
import { connectPostgres } from "../stores.ts";
import { checkDatabase } from "./database.ts";
import { fault, type Finding, lineOf, notice } from "./finding.ts";
import { checkFolders, checkNode, checkSettings } from "./machine.ts";
import { checkOutside } from "./outside.ts";
import { checkSchool } from "./school.ts";

export const doctorCommand: BareCommand = {
  bare: true,
  verb: "doctor",
  usage: "",
  about: "Looks at everything that the school stands on, and says what is wrong and how to mend it.",
  details: "Changes nothing. Works while the server runs and when it does not. Exit status 1 when there is a fault.",
  run: async (context, args) => {
    readOptions(args, {});
    const findings: Finding[] = [];
    const look = async (what: string, check: () => Promise<readonly Finding[]>): Promise<void> => {
      // One check that fails must not hide the others.
      const found = await check().catch((error: unknown): Finding[] => [fault(`${what} could not be looked at: ${reasonOf(error)}`, "Mend what stands above first, then ask again.")]);
      for (const finding of found) context.print(lineOf(finding));
      findings.push(...found);
    };
    await look("The machine", async () => [checkNode(process.versions.node), ...checkSettings(context.config), ...(await checkFolders(context.config))]);
    await lookInside(context, look);
    await look("What is outside", () => checkOutside(context.config));
    const faults = findings.filter(({ kind }) => kind === "fault").length;
    if (faults > 0) throw new Error(`${faults} ${faults === 1 ? "thing has" : "things have"} to be mended.`);
    context.print("Nothing has to be mended.");
  },
};

async function lookInside({ config, random, clock, log }: BareContext, look: (what: string, check: () => Promise<readonly Finding[]>) => Promise<void>): Promise<void> {
  const { dataDir, databaseUrl } = config;
  if (databaseUrl === null && !existsSync(join(dataDir, "postgres"))) {
    return look("The school", () => Promise.resolve([notice(`There is no school in ${dataDir}.`, "Set DATA_DIR to its folder; npm start makes a new one.")]));
  }
  const postgres = await connectPostgres(config, { log, exclusive: false, name: "mochila doctor" }).catch((error: unknown) => reasonOf(error));
  if (typeof postgres === "string") return look("PostgreSQL", () => Promise.resolve([fault(postgres, databaseUrl === null ? `Its log is ${join(dataDir, "postgres.log")}.` : "Look whether it runs, and at DATABASE_URL.")]));
  try {
    await look("The database", () => checkDatabase(postgres.database, clock));
    await look("The school", () => checkSchool({ database: postgres.database, clock, dataDir, blobs: new FolderBlobStore({ folder: blobFolder(dataDir), random }) }));
  } finally {
    await postgres.stop();
  }
}
