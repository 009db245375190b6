// The usual server of Yjs, without any persistence, as its own program starts it. Prints its port.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createRequire } from "node:module";
import { WebSocketServer } from "ws";

// It has no types. In the form that its own dependencies load too: two copies of Yjs do not know each other's documents.
const { setupWSConnection } = createRequire(import.meta.url)("@y/websocket-server/utils") as { setupWSConnection: (...of: readonly unknown[]) => void };

const sockets = new WebSocketServer({ noServer: true });
sockets.on("connection", setupWSConnection);
const server = createServer((_, response) => response.end("okay"));
server.on("upgrade", (request, socket, head) => sockets.handleUpgrade(request, socket, head, (ws) => sockets.emit("connection", ws, request)));
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
