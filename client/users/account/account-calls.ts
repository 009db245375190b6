import { Door, LinkOwner, type SignUp } from "@mochila/shared/users/account.ts";
import { callOrUnavailable } from "../account-call.ts";

const post = (path: string, body: unknown): Promise<Response> =>
  callOrUnavailable(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** What somebody who is not signed in asks of the school. Each throws CodedError. */
export const accountCalls = {
  door: async () => Door.parse(await (await callOrUnavailable("/api/door", {})).json()),
  signUp: (account: SignUp) => post("/api/accounts", account),
  ownerOf: async (token: string) => LinkOwner.parse(await (await post("/api/accounts/link", { token })).json()),
  confirm: (token: string) => post("/api/accounts/confirm", { token }),
  forgot: (email: string) => post("/api/auth/forgotten", { email }),
  reset: (token: string, password: string) => post("/api/auth/reset", { token, password }),
};
