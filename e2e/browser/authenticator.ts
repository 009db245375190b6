import { stepAt, totpCode } from "@mochila/sync-server/users/second-factor/totp.ts";

const fromBase32 = (text: string): Buffer => Buffer.from((text.split("").map((sign) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(sign).toString(2).padStart(5, "0")).join("").match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));

/** As an app on a phone shows it. A step ahead: the one of now was used when the app was added. */
export const codeOf = (key: string, ahead = 0): string => totpCode(fromBase32(key), stepAt(Date.now()) + ahead);
