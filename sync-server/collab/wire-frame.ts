const BINARY_WHOLE = 0x82;
/** Lengths up to this stand in the second byte; a longer one follows it, in two bytes or in eight. */
const SHORT_MAX = 125;
const IN_TWO_BYTES = 126;
const TWO_BYTES_MAX = 0xffff;
const IN_EIGHT_BYTES = 127;

/**
 * Room for a message of `length` bytes in a WebSocket frame (RFC 6455, 5.2): binary, whole, not masked, as a server sends it. The message belongs
 * at `start`. From the pool of small buffers.
 */
export function makeFrame(length: number): { readonly frame: Buffer; readonly start: number } {
  const start = length <= SHORT_MAX ? 2 : length <= TWO_BYTES_MAX ? 4 : 10;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = BINARY_WHOLE;
  if (start === 2) frame[1] = length;
  else if (start === 4) {
    frame[1] = IN_TWO_BYTES;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = IN_EIGHT_BYTES;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  return { frame, start };
}

/** A message as a frame. Made once and written to everybody; a library that frames it for each reader anew costs more than the keystroke in it. */
export function binaryFrame(message: Uint8Array): Buffer {
  const { frame, start } = makeFrame(message.length);
  frame.set(message, start);
  return frame;
}
