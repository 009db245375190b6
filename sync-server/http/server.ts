import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { getRequestListener, RequestError } from "@hono/node-server";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Hono } from "hono";
import { errorResponse, toCodedError } from "./error-response.ts";
import { completeHeaders } from "./headers.ts";

export interface WebServer {
  readonly server: Server;
  readonly port: number;
  /** From now on requests go to `app`; before, every one is told to come again. */
  serve(app: Hono): void;
  /** Takes no new connection, waits for answers under way, then ends what is left. Resolves within `milliseconds`. */
  stop(milliseconds: number): Promise<void>;
}

/** A slow phone needs time for its request, an attacker wants all of it. */
const REQUEST_SECONDS_MAX = 120;
const STARTING_RETRY_MS = 1_000;

/** An answer without an application, with the headers of every other one. */
function refusal(error: CodedError): Response {
  const response = errorResponse(error);
  completeHeaders(response, false);
  return response;
}

const starting = (): Response => refusal(new CodedError("unavailable", "The server is starting.", { retryAfterMs: STARTING_RETRY_MS }));
/** What is no request that an application could be asked: a host that is no name, a path that is none. */
const failed = (error: unknown): Response => refusal(error instanceof RequestError ? new CodedError("invalid_input", "This is not a request that a server can read.") : toCodedError(error));

/** Listens before the stores start, so that a port in use is noticed before anything is touched. Throws one clear sentence. */
export async function listen({ host, port }: { host: string; port: number }): Promise<WebServer> {
  let app: Hono | null = null;
  const answer = getRequestListener((request, environment) => (app ? app.fetch(request, environment) : starting()), { errorHandler: failed });
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  server.requestTimeout = REQUEST_SECONDS_MAX * 1_000;
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(explain(error, { host, port })));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    server,
    port: typeof address === "object" && address ? address.port : port,
    serve: (ready) => void (app = ready),
    stop: (milliseconds) => stopServer(server, sockets, milliseconds),
  };
}

function explain(error: NodeJS.ErrnoException, { host, port }: { host: string; port: number }): Error {
  if (error.code === "EADDRINUSE") return new Error(`Port ${port} is in use; stop what runs there, or set PORT to another one.`, { cause: error });
  if (error.code === "EACCES") return new Error(`This account may not listen on port ${port}; set PORT to one above 1023.`, { cause: error });
  if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND") return new Error(`HOST ${host} is not an address of this machine.`, { cause: error });
  return error;
}

async function stopServer(server: Server, sockets: ReadonlySet<Socket>, milliseconds: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  // Kept-alive connections become idle when their answer is sent; ask until none is left.
  const idle = setInterval(() => server.closeIdleConnections(), 100);
  await Promise.race([closed, pause(milliseconds, undefined, { ref: false })]);
  clearInterval(idle);
  for (const socket of sockets) socket.destroy();
}
