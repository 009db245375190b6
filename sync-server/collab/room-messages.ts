// The y-websocket protocol, update format 1: what is read from a client and what is written to it.
import * as decoding from "lib0/decoding";
import { messageTypes } from "@mochila/shared/collab/room-messages.ts";
import { makeFrame } from "./wire-frame.ts";

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

/** Writes an unsigned number in the encoding of lib0, seven bits a byte, the lowest first. Returns the place after it. */
function writeVarUint(bytes: Buffer, at: number, value: number): number {
  let place = at;
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes[place] = rest > 127 ? 128 | (rest & 127) : rest;
    place += 1;
    if (rest <= 127) return place;
  }
}

const VAR_UINT_BYTES_MAX = 8;

function varUintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) bytes += 1;
  return bytes;
}

/** A message of the sync protocol in its frame, and its payload in the same bytes: a keystroke is copied once on its way through the server. */
function syncFrame(step: number, bytes: Uint8Array): { readonly frame: Buffer; readonly payload: Buffer } {
  const { frame, start } = makeFrame(2 + varUintBytes(bytes.length) + bytes.length);
  frame[start] = messageTypes.sync;
  frame[start + 1] = step;
  const at = writeVarUint(frame, start + 2, bytes.length);
  frame.set(bytes, at);
  return { frame, payload: frame.subarray(at) };
}

export const step1Frame = (vector: Uint8Array): Buffer => syncFrame(STEP_1, vector).frame;
export const step2Frame = (update: Uint8Array): Buffer => syncFrame(STEP_2, update).frame;

/** An update, ready to be told to everybody, and the update in it. */
export function updateFrame(bytes: Uint8Array): { readonly frame: Buffer; readonly update: Buffer } {
  const { frame, payload } = syncFrame(UPDATE, bytes);
  return { frame, update: payload };
}

/** How many of this socket's updates are durable. */
export function durableMessage(count: number): Buffer {
  const bytes = Buffer.allocUnsafe(1 + VAR_UINT_BYTES_MAX);
  bytes[0] = messageTypes.durable;
  return bytes.subarray(0, writeVarUint(bytes, 1, count));
}
