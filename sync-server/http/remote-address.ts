import { BlockList, isIP } from "node:net";
import type { Context } from "hono";

declare module "hono" {
  interface ContextVariableMap {
    callerAddress?: string | null;
  }
}

interface NodeBindings {
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } };
}

/** Which addresses are our own gateways, whose word on where a request came from is believed. */
export type Gateways = Pick<BlockList, "check">;

/** Longer lists are nobody's path through gateways. */
const HOPS_MAX = 16;

const plain = (address: string): string => (address.startsWith("::ffff:") ? address.slice(7) : address);
const familyOf = (address: string): "ipv4" | "ipv6" => (isIP(address) === 4 ? "ipv4" : "ipv6");

/** `addresses`: each an address, or a network such as 10.0.0.0/8; all of them were checked (`isNetwork`). */
export function gatewaysOf(addresses: readonly string[]): Gateways {
  const list = new BlockList();
  for (const entry of addresses) {
    const [address = "", bits] = entry.split("/");
    if (bits === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(bits), familyOf(address));
  }
  return list;
}

export function isNetwork(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const version = isIP(address);
  return version !== 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)));
}

/** The address of the other end of the connection: a person's, or a gateway's. */
export function peerAddress(context: Context): string | null {
  const address = (context.env as NodeBindings | undefined)?.incoming?.socket?.remoteAddress;
  return address === undefined ? null : plain(address);
}

/**
 * Notes where the request came from. Each gateway adds the address that it was called from at the end of `X-Forwarded-For`; what stands before the last word
 * of a gateway that is not ours was written by the caller, and is not read.
 */
export function noteCaller(context: Context, gateways: Gateways): void {
  const hops = (context.req.header("x-forwarded-for") ?? "").split(",").slice(-HOPS_MAX);
  let address = peerAddress(context);
  while (address !== null && isIP(address) !== 0 && gateways.check(address, familyOf(address))) {
    const before = plain(hops.pop()?.trim() ?? "");
    if (isIP(before) === 0) break;
    address = before;
  }
  context.set("callerAddress", address);
}

/** Where the request came from, behind our own gateways. */
export const remoteAddress = (context: Context): string | null => {
  const noted = context.get("callerAddress");
  return noted === undefined ? peerAddress(context) : noted;
};

export const isLoopbackAddress = (address: string | null): boolean => address !== null && (address === "::1" || address.startsWith("127."));

/** Who is counted together: an address of version 4, or the /64 that one household gets in version 6. */
export function networkOf(address: string | null): string {
  if (address === null || !address.includes(":")) return address ?? "unknown";
  const [head = "", tail] = address.split("::");
  const groups = head.split(":").filter((group) => group !== "");
  const zeros = tail === undefined ? 0 : 8 - groups.length - tail.split(":").length;
  return [...groups, ...Array.from({ length: Math.max(0, zeros) }, () => "0")].slice(0, 4).join(":");
}
