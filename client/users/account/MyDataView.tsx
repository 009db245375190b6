import { useWords } from "../../i18n/words.ts";
import { Page } from "../../ui/Page.tsx";
import { CloseAccount } from "./CloseAccount.tsx";
import { CopyOfData } from "./CopyOfData.tsx";
import { useDataCalls } from "./data-calls.ts";
import { said } from "./data-words.ts";
import { said as saidOfAccount } from "./words.ts";

/** What the school has of me: a copy of it, and its end. */
export default function MyDataView() {
  const words = useWords();
  const calls = useDataCalls();
  return (
    <Page title={said("data.title")} crumbs={[{ href: "/you", label: words("shell.you") }, { href: "/you/account", label: saidOfAccount("account.mineTitle") }]}>
      <div class="title">
        <h1>{said("data.title")}</h1>
        <p>{said("data.intro")}</p>
      </div>
      <div class="narrow-column">
        <CopyOfData calls={calls} />
        <CloseAccount calls={calls} />
      </div>
    </Page>
  );
}
