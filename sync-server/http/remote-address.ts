import type { Context } from "hono";

interface NodeBindings {
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } };
}

/** The address of the other end of the connection. Forwarding headers are not read: anyone can write them. */
export function remoteAddress(context: Context): string | null {
  const address = (context.env as NodeBindings | undefined)?.incoming?.socket?.remoteAddress ?? null;
  return address?.startsWith("::ffff:") ? address.slice(7) : address;
}

export const isLoopbackAddress = (address: string | null): boolean => address !== null && (address === "::1" || address.startsWith("127."));

/** Who is counted together: an address of version 4, or the /64 that one household gets in version 6. */
export function networkOf(address: string | null): string {
  if (address === null || !address.includes(":")) return address ?? "unknown";
  const [head = "", tail] = address.split("::");
  const groups = head.split(":").filter((group) => group !== "");
  const zeros = tail === undefined ? 0 : 8 - groups.length - tail.split(":").length;
  return [...groups, ...Array.from({ length: Math.max(0, zeros) }, () => "0")].slice(0, 4).join(":");
}
