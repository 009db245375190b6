import { messageTypes } from "@mochila/shared/collab/room-messages.ts";

const STEP_1 = 0;

/** What one socket has sent that the server acknowledges by number: its answers to step 1 and its updates. */
export interface SentCount {
  sent: number;
}

/** A WebSocket that counts them, so that `durable` of the server can be compared. One `count` a client, reset by each new socket. */
export const countingSocket = (count: SentCount, Base: typeof WebSocket = WebSocket): typeof WebSocket =>
  class extends Base {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols);
      count.sent = 0;
    }
    override send(data: string | Blob | BufferSource): void {
      if (data instanceof Uint8Array && data[0] === messageTypes.sync && data[1] !== STEP_1) count.sent += 1;
      super.send(data);
    }
  };
