// Mends the PostgreSQL driver as installed (postgres 3.4.9; its issues 1066, 1154, 1208 are open): see infra/decisions/0214. Runs after each
// `npm install`, does nothing the second time, and stops the installation when the driver is not the one that these mends are for.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const closed = "Errors.connection('CONNECTION_CLOSED', options)";

/** File, what stands there, what stands there afterwards. The failure that each prevents is told in the decision. */
const mends = [
  [
    "connection.js",
    "    if (stream)\n      return queryError(q, Errors.generic('COPY_IN_PROGRESS'",
    `    if (!socket)\n      return queryError(q, ${closed}), true\n\n    if (stream)\n      return queryError(q, Errors.generic('COPY_IN_PROGRESS'`,
  ],
  [
    "connection.js",
    "    const x = socket.write(chunk, fn)\n    nextWriteTimer !== null && clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n    return x",
    `    const x = chunk\n    nextWriteTimer !== null && clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n    return socket ? socket.write(x, fn) : (error(${closed}), false)`,
  ],
  [
    "connection.js",
    "    clearImmediate(nextWriteTimer)\n    if (socket) {",
    "    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n    if (socket) {",
  ],
  [
    "connection.js",
    "    clearImmediate(nextWriteTimer)\n    socket.removeListener('data', data)",
    "    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n    socket.removeListener('data', data)",
  ],
  [
    "connection.js",
    "    !hadError && (query || sent.length) && error(Errors.connection('CONNECTION_CLOSED', options, socket))",
    "    ;(query || sent.length) && error(Errors.connection('CONNECTION_CLOSED', options, socket))\n    query = results = errorResponse = final = null\n    result = new Result()\n    rows = 0",
  ],
  [
    "index.js",
    "    c.reserved.release = true\n\n    const sql = Sql(handler)\n    sql.release = () => {\n      c.reserved = null",
    "    c.reserved.release = true\n    let dead = null\n    c.onclose = e => {\n      dead = e\n      while (queue.length)\n        queue.shift().reject(e)\n    }\n\n    const sql = Sql(handler)\n    sql.release = () => {\n      if (dead)\n        return\n      c.onclose = null\n      c.reserved = null",
  ],
  ["index.js", "    function handler(q) {\n      c.queue === full\n        ? queue.push(q)", "    function handler(q) {\n      if (dead)\n        return q.reject(dead)\n      c.queue === full\n        ? queue.push(q)"],
  ["index.js", "      , connection\n      , prepare = null", "      , connection\n      , dead = null\n      , prepare = null"],
  [
    "index.js",
    "        new Promise((_, reject) => connection.onclose = reject)",
    "        new Promise((_, reject) => connection.onclose = e => {\n          dead = e\n          while (queries.length)\n            queries.shift().reject(e)\n          reject(e)\n        })",
  ],
  ["index.js", "        q.catch(e => uncaughtError || (uncaughtError = e))\n        c.queue", "        q.catch(e => uncaughtError || (uncaughtError = e))\n        if (dead)\n          return q.reject(dead)\n        c.queue"],
  ["connection.js", "    stream && stream.push(null)\n    stream = null\n", "    stream && stream.push(null)\n    stream = null\n    socket.resume()\n"],
  ["connection.js", "        return fetchArrayTypes()\n", "        return fetchArrayTypes().catch(() => { needsTypes = true })\n"],
  [
    "query.js",
    "          if (this.executed && !this.active)\n            return { done: true }\n",
    "          if (this.failed)\n            throw this.failed\n          if (this.executed && !this.active)\n            return { done: true }\n",
  ],
  ["query.js", "            this.reject = x => (this.active = false, reject(x))\n          })\n          this.execute()", "            this.reject = x => (this.active = false, this.failed = x, reject(x))\n          })\n          this.execute()"],
];

const source = (file) => fileURLToPath(import.meta.resolve(`postgres`)).replace(/index\.js$/, file);

for (const file of new Set(mends.map(([name]) => name))) {
  const path = source(file);
  const before = readFileSync(path, "utf8");
  let text = before;
  for (const [name, old, mended] of mends) {
    if (name !== file || text.includes(mended)) continue;
    if (text.split(old).length !== 2) {
      console.error(`The driver of PostgreSQL (${path}) is not the one that infra/mend-postgres.mjs mends. Look whether its issue 1208 is solved, and take the mends out or bring them up to date.`);
      process.exit(1);
    }
    text = text.replace(old, () => mended);
  }
  if (text !== before) writeFileSync(path, text);
}
