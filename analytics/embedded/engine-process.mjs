// @ts-check
/**
 * The process that holds the embedded ClickHouse engine and answers ClickHouse's HTTP interface on loopback.
 *
 * Duty: one engine on one data directory, reachable by the ordinary `@clickhouse/client`.
 * Invariant: it never outlives its parent. Standard input is a pipe that only the parent holds; when the parent ends, in whatever
 * way, the pipe ends and so does this process, and with it the kernel's lock on `<dataDir>/status`. Lines in the pipe: first how to
 * start, as JSON; at an orderly end `stop`.
 * Breaks: a fault in the native engine ends this process only; the supervisor starts another on the same directory.
 *
 * Plain JavaScript with checked types, so that it starts without a loader: 90 MB and a second matter on a school's machine.
 */
import { Buffer } from "node:buffer";
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";

/** Told to the supervisor as exit status; it decides what a restart can mend. */
const LIBRARY_MISSING = 3;
const DIRECTORY_LOCKED = 4;
const ENGINE_FAILED = 5;

/** A sealed batch is about 5 MB; a statement with its data never needs more. */
const BODY_BYTES_MAX = 64 * 1024 * 1024;
/** Beyond this the caller waits and tries again; memory stays bounded. */
const REQUESTS_AT_ONCE_MAX = 16;

/** Parameters of an address that are not settings of the engine. */
const NOT_SETTINGS = new Set(["query", "query_id", "database", "session_id", "default_format", "role"]);
/** Settings of the HTTP interface itself: the engine does not know them, and here they mean nothing. */
const HTTP_SETTINGS = /^(wait_end_of_query|buffer_size|compress|decompress|enable_http_compression|send_progress_in_http_headers|http_.+)$/;

/** @type {(code: number, message: string) => never} */
function fail(code, message) {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

/**
 * A library that is not there is no fault of this program: absent from production images and from some platforms.
 * @param {string} library
 */
async function loadSession(library) {
  try {
    /** @type {typeof import("chdb")} */
    const loaded = await import(library);
    return loaded.Session;
  } catch (error) {
    return fail(LIBRARY_MISSING, `the library ${library} cannot be loaded: ${String(error)}`);
  }
}

/** @param {import("node:http").IncomingMessage} request */
async function readBody(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) throw new Error("Code: 307. DB::Exception: the body is too large. (TOO_MANY_BYTES)");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** @param {string} text */
const quoted = (text) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

/**
 * The client escapes a value for the address as in a tab-separated file; the engine's binding escapes again.
 * @param {string} text
 */
const unescaped = (text) =>
  text.replaceAll(/\\(.)/g, (_, /** @type {string} */ character) => ({ t: "\t", n: "\n", r: "\r", b: "\b", f: "\f", 0: "\0" })[character] ?? character);

/**
 * @param {string} secret
 * @param {string | undefined} header
 */
function mayAsk(secret, header) {
  const expected = createHash("sha256").update(`Basic ${Buffer.from(`mochila:${secret}`).toString("base64")}`).digest();
  return timingSafeEqual(createHash("sha256").update(header ?? "").digest(), expected);
}

/**
 * Settings are set on a session of this request alone, so that a deduplication token cannot leak into the next insert.
 * @param {import("chdb").Session} session
 * @param {URLSearchParams} parameters
 */
async function prepareSession(session, parameters) {
  const database = parameters.get("database");
  if (database) await session.queryAsync(`USE \`${database.replaceAll("`", "")}\``);
  for (const [name, value] of parameters) {
    if (NOT_SETTINGS.has(name) || name.startsWith("param_") || HTTP_SETTINGS.test(name)) continue;
    if (!/^[a-z_0-9]+$/i.test(name)) throw new Error(`Code: 115. DB::Exception: unknown setting ${JSON.stringify(name)}. (UNKNOWN_SETTING)`);
    await session.queryAsync(`SET ${name} = ${quoted(value)}`);
  }
}

/**
 * One statement of the HTTP interface: in the body, or in the address with its data in the body.
 * @param {import("chdb").Session} session
 * @param {URLSearchParams} parameters
 * @param {string} body
 */
async function runStatement(session, parameters, body) {
  await prepareSession(session, parameters);
  const query = parameters.get("query");
  const statement = query === null ? body : body === "" ? query : `${query}\n${body}`;
  const values = Object.fromEntries([...parameters].filter(([name]) => name.startsWith("param_")).map(([name, value]) => [name.slice(6), unescaped(value)]));
  const options = { format: parameters.get("default_format") ?? "TabSeparated" };
  const result = Object.keys(values).length > 0 ? await session.queryBindAsync(statement, values, options) : await session.queryAsync(statement, options);
  return result.bytes();
}

/** @param {{ dataDir: string, secret: string, library: string }} start */
async function serve({ dataDir, secret, library }) {
  const Session = await loadSession(library);
  /** @type {import("chdb").Session} */
  let holder;
  try {
    // Held open for the life of the process: closing the last session closes the engine.
    holder = new Session(dataDir);
  } catch (error) {
    return fail(/Cannot lock file/.test(String(error)) ? DIRECTORY_LOCKED : ENGINE_FAILED, String(error));
  }
  let running = 0;
  /**
   * @param {import("node:http").IncomingMessage} request
   * @param {import("node:http").ServerResponse} response
   */
  const answer = async (request, response) => {
    running += 1;
    /** @type {import("chdb").Session | undefined} */
    let session;
    try {
      const body = await readBody(request);
      session = new Session(dataDir);
      response.end(await runStatement(session, new URL(request.url ?? "/", "http://engine").searchParams, body));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      response.writeHead(500, { "X-ClickHouse-Exception-Code": /Code: (\d+)/.exec(message)?.[1] ?? "0" }).end(message);
    } finally {
      session?.close();
      running -= 1;
    }
  };
  const server = createServer((request, response) => {
    if (!mayAsk(secret, request.headers.authorization)) return void response.writeHead(401).end();
    if (request.url?.startsWith("/ping")) return void response.end("Ok.\n");
    if (running >= REQUESTS_AT_ONCE_MAX) return void response.writeHead(503).end("Code: 202. DB::Exception: too many requests at once. (TOO_MANY_SIMULTANEOUS_QUERIES)");
    void answer(request, response);
  });
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    process.stdout.write(`listening ${typeof address === "object" ? address?.port : ""}\n`);
  });
  return () => {
    holder.close();
    process.exit(0);
  };
}

// The parent decides when this ends; Ctrl-C reaches the whole group and must not end the engine before its users.
process.on("SIGINT", () => {});
/** @type {undefined | (() => void)} */
let stop;
let orderly = false;
const end = () => {
  // A parent that died left no time to be polite to: signal 9 frees the directory at once for the next start. What was answered is on the disk.
  if (!orderly) process.kill(process.pid, "SIGKILL");
  if (stop) stop();
  else process.exit(0);
};
/** @param {string} line */
const begin = async (line) => {
  stop = await serve(JSON.parse(line));
};
createInterface({ input: process.stdin })
  .on("line", (line) => {
    if (line === "stop") orderly = true;
    else void begin(line);
  })
  .once("close", end);
process.once("SIGTERM", () => {
  orderly = true;
  end();
});
