import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { gatewaysOf, isNetwork, networkOf, noteCaller, remoteAddress } from "./remote-address.ts";

async function seen({ peer, forwarded, gateways = [] }: { peer: string; forwarded?: string; gateways?: string[] }): Promise<string> {
  const app = new Hono();
  app.all("*", (context) => {
    noteCaller(context, gatewaysOf(gateways));
    return context.text(remoteAddress(context) ?? "none");
  });
  const answer = await app.request("http://localhost/", { headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded } }, { incoming: { socket: { remoteAddress: peer } } });
  return answer.text();
}

describe("where a request came from (C.5)", () => {
  test.each([
    ["nobody is believed who is no gateway of ours", { peer: "203.0.113.9", forwarded: "198.51.100.1" }, "203.0.113.9"],
    ["also not from this machine", { peer: "127.0.0.1", forwarded: "198.51.100.1" }, "127.0.0.1"],
    ["the word of our gateway is", { peer: "10.1.2.3", forwarded: "198.51.100.1", gateways: ["10.0.0.0/8"] }, "198.51.100.1"],
    ["of what the caller wrote before it nothing is read", { peer: "10.1.2.3", forwarded: "1.1.1.1, 198.51.100.1", gateways: ["10.1.2.3"] }, "198.51.100.1"],
    ["through two gateways", { peer: "10.1.2.3", forwarded: "1.1.1.1, 198.51.100.1, 10.9.9.9", gateways: ["10.0.0.0/8"] }, "198.51.100.1"],
    ["a caller who calls themselves a gateway is still the caller", { peer: "10.1.2.3", forwarded: "10.7.7.7, 198.51.100.1", gateways: ["10.0.0.0/8"] }, "198.51.100.1"],
    ["a gateway that says nothing is the caller", { peer: "10.1.2.3", gateways: ["10.1.2.3"] }, "10.1.2.3"],
    ["what is no address is not believed", { peer: "10.1.2.3", forwarded: "198.51.100.1, unknown", gateways: ["10.1.2.3"] }, "10.1.2.3"],
    ["version 6, and version 4 in its clothes", { peer: "::ffff:10.1.2.3", forwarded: "2001:db8::7", gateways: ["10.1.2.3"] }, "2001:db8::7"],
    ["a gateway of version 6", { peer: "fd00::1", forwarded: "::ffff:198.51.100.1", gateways: ["fd00::/8"] }, "198.51.100.1"],
  ])("%s", async (_, request, expected) => expect(await seen(request)).toBe(expected));

  test.each([["10.0.0.1", true], ["10.0.0.0/8", true], ["fd00::/8", true], ["::1", true], ["10.0.0.0/33", false], ["10.0.0.0/8/8", false], ["gateway", false], ["", false], ["10.0.0.0/", false]])("%s is an address or a network: %s", (text, is) => expect(isNetwork(text)).toBe(is));

  test.each([["198.51.100.1", "198.51.100.1"], ["2001:db8:1:2:3::4", "2001:db8:1:2"], ["2001:db8::7", "2001:db8:0:0"], [null, "unknown"]])("%s is counted as %s", (address, network) => expect(networkOf(address)).toBe(network));
});
