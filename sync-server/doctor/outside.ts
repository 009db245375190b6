import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { once } from "node:events";
import type { Config } from "../config.ts";
import { reasonOf } from "../log.ts";
import { fault, fine, type Finding } from "./finding.ts";

const TIMEOUT_MS = 5_000;

/** What the server beyond this machine says, in the simplest way that it would. */
export async function checkOutside({ smtpUrl, clickhouseUrl, publicUrl }: Config): Promise<Finding[]> {
  return Promise.all([...(smtpUrl === null ? [] : [checkMailServer(smtpUrl)]), ...(clickhouseUrl === null ? [] : [checkReports(clickhouseUrl)]), ...(publicUrl === null ? [] : [checkAddress(publicUrl)])]);
}

async function checkMailServer(url: string): Promise<Finding> {
  const { protocol, hostname, port } = new URL(url);
  const secure = protocol === "smtps:";
  const to = { host: hostname, port: Number(port) || (secure ? 465 : 587), timeout: TIMEOUT_MS };
  const socket = secure ? connectTls({ ...to, servername: hostname }) : connect(to);
  socket.once("timeout", () => socket.destroy(new Error(`no answer within ${TIMEOUT_MS / 1_000} s`)));
  try {
    const [greeting] = (await once(socket, "data")) as [Buffer];
    if (/^220[ -]/.test(greeting.toString())) return fine(`The mail server ${hostname} answers`);
    return fault(`The mail server ${hostname} answers with something else than a greeting.`, "Look at SMTP_URL: smtps:// is for port 465, smtp:// for 587.");
  } catch (error) {
    return fault(`The mail server ${hostname}:${to.port} cannot be reached: ${reasonOf(error)}.`, "Look at SMTP_URL, and whether a firewall lets this machine out to that port.");
  } finally {
    socket.destroy();
  }
}

async function checkReports(url: string): Promise<Finding> {
  const { origin } = new URL(url);
  const answer = await fetch(`${origin}/ping`, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((error: unknown) => reasonOf(error));
  if (typeof answer !== "string" && answer.ok) return fine("ClickHouse answers");
  return fault(`ClickHouse (${origin}) does not answer${typeof answer === "string" ? `: ${answer}` : ""}.`, "Start it, or look at CLICKHOUSE_URL. Nothing is lost meanwhile: events wait, and reports say so.");
}

/** The way that people come: name, certificate, gateway. The server itself may be stopped, and then the gateway says so. */
async function checkAddress(publicUrl: string): Promise<Finding> {
  const answer = await fetch(`${publicUrl}/healthz`, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: "manual" }).catch((error: unknown) => error);
  if (answer instanceof Response && answer.ok) return fine(`${publicUrl} answers`);
  if (answer instanceof Response) return fault(`${publicUrl} answers with ${answer.status}.`, "Is the server running, and does the gateway send people to its PORT?");
  const cause = (answer as { cause?: { code?: string; message?: string } }).cause;
  const certificate = /CERT|SELF_SIGNED|ALTNAME/.test(cause?.code ?? "");
  return certificate
    ? fault(`The certificate of ${publicUrl} is not one that browsers trust: ${cause?.code}.`, "Renew it at the gateway.")
    : fault(`${publicUrl} cannot be reached from here: ${cause?.code ?? cause?.message ?? reasonOf(answer)}.`, "Look at the name (DNS), the gateway and the firewall; and whether the server runs.");
}
