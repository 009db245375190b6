// The y-websocket protocol, update format 1: what is read from a client and what is written to it.
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { messageTypes } from "@mochila/shared/collab/room-messages.ts";

const STEP_1 = 0;
const STEP_2 = 1;
const UPDATE = 2;

export type ClientMessage =
  | { readonly kind: "step1"; readonly vector: Uint8Array }
  /** `whole`: an answer to our step 1, all that we lack. Both kinds count for the acknowledgement. */
  | { readonly kind: "update"; readonly update: Uint8Array; readonly whole: boolean }
  | { readonly kind: "awareness"; readonly payload: Uint8Array }
  | { readonly kind: "query" }
  | { readonly kind: "ignored" };

/** Throws for bytes that are no message of the protocol. */
export function readMessage(bytes: Uint8Array): ClientMessage {
  const decoder = decoding.createDecoder(bytes);
  const type = decoding.readVarUint(decoder);
  if (type === messageTypes.awareness) return { kind: "awareness", payload: decoding.readVarUint8Array(decoder) };
  if (type === messageTypes.queryAwareness) return { kind: "query" };
  if (type === messageTypes.auth) return { kind: "ignored" };
  if (type !== messageTypes.sync) throw new TypeError("no such message");
  const step = decoding.readVarUint(decoder);
  const payload = decoding.readVarUint8Array(decoder);
  if (step === STEP_1) return { kind: "step1", vector: payload };
  if (step === STEP_2 || step === UPDATE) return { kind: "update", update: payload, whole: step === STEP_2 };
  throw new TypeError("no such message");
}

function syncMessage(step: number, payload: Uint8Array): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, messageTypes.sync);
  encoding.writeVarUint(encoder, step);
  encoding.writeVarUint8Array(encoder, payload);
  return encoding.toUint8Array(encoder);
}

export const step1 = (vector: Uint8Array): Uint8Array => syncMessage(STEP_1, vector);
export const step2 = (update: Uint8Array): Uint8Array => syncMessage(STEP_2, update);
export const updateMessage = (update: Uint8Array): Uint8Array => syncMessage(UPDATE, update);

/** How many of this socket's updates are durable. */
export function durableMessage(count: number): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, messageTypes.durable);
  encoding.writeVarUint(encoder, count);
  return encoding.toUint8Array(encoder);
}
