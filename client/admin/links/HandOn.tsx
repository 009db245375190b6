import { createEffect, createSignal, For, Match, on, Show, Switch } from "solid-js";
import type { HandedLink } from "@mochila/shared/admin/links.ts";
import { CSV_MARK, csvLine, csvLineBySemicolons } from "@mochila/shared/kernel/csv.ts";
import { formatDateTime } from "../../i18n/formats.ts";
import { language } from "../../i18n/language.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Banner } from "../../ui/Notice.tsx";
import { useNow } from "../../ui/now.ts";
import { Meter } from "../../ui/Progress.tsx";
import { saveFile } from "../../users/save-file.ts";
import { failureWords } from "../failure.ts";
import type { LinkBatches } from "./calls.ts";
import { Sheet } from "./Sheet.tsx";
import { said } from "./words.ts";
import "./links.css";

export interface Wanted {
  /** How many people it is about. */
  readonly count: number;
  readonly batches: () => LinkBatches;
}

interface Made {
  readonly links: readonly HandedLink[];
  readonly asked: number;
  readonly expiresAt: number;
  readonly whole: boolean;
  /** What the school was asked last and did not answer; undefined: it answered all. */
  readonly failure?: unknown;
}

/** A list that nobody reads to its end on a screen; the table and the paper have all of it. */
const SHOWN_MAX = 100;

const heads = ["head_name", "head_email", "head_link", "head_until"] as const;

function saveTable({ links }: Made, until: string): void {
  const lines = [heads.map((head) => said(`links.${head}`)), ...links.map(({ name, email, link }) => [name, email, link, until])];
  const lineOf = language() === "es" ? csvLineBySemicolons : csvLine;
  saveFile(new Blob([CSV_MARK, ...lines.map((line) => lineOf(line))], { type: "text/csv" }), said("links.fileName"));
}

function List(props: { made: Made; until: string }) {
  /** The list says something: there are links, or the school said that nobody needs one. */
  const isTold = () => props.made.links.length > 0 || !props.made.failure;
  const without = () => props.made.asked - props.made.links.length;
  return (
    <div role="status">
      <Show when={props.made.failure}>
        {(failure) => (
          <Banner icon="circle-alert" role="alert">
            {failureWords(failure())}
          </Banner>
        )}
      </Show>
      <Show when={!props.made.whole && isTold()}>
        <Banner icon="circle-alert">{said("links.partly")}</Banner>
      </Show>
      <Show when={isTold()}>
        <p>{props.made.links.length > 0 ? said("links.madeText", { when: props.until }) : said("links.none")}</p>
      </Show>
      <Show when={props.made.links.length > 0 && without() > 0}>
        <p class="soft mt-2">{said("links.without", { count: without() })}</p>
      </Show>
      <Show when={props.made.links.length > 0}>
        <ul class="links-list mt-4" tabindex={0} aria-label={said("links.list")}>
          <For each={props.made.links.slice(0, SHOWN_MAX)}>
            {({ name, email, link }) => (
              <li data-link={email}>
                <strong>{name}</strong> <span class="soft small">{email}</span>
                <span class="address small">{link}</span>
              </li>
            )}
          </For>
        </ul>
        <Show when={props.made.links.length > SHOWN_MAX}>
          <p class="small soft mt-2">{said("links.more", { count: props.made.links.length - SHOWN_MAX })}</p>
        </Show>
      </Show>
    </div>
  );
}

/** Invitation links of several people, for a school that sends no mail: asked first, made in batches, then shown once as a list to save or print. */
export function HandOn(props: { wanted: Wanted | null; onClose: () => void }) {
  const words = useWords();
  const now = useNow();
  const [made, setMade] = createSignal<Made | null>(null);
  const [progress, setProgress] = createSignal<number | null>(null);
  const [onPaper, setOnPaper] = createSignal(false);
  let stopped = false;
  createEffect(
    on(
      () => props.wanted,
      () => {
        setMade(null);
        setProgress(null);
        setOnPaper(false);
        stopped = false;
      },
    ),
  );
  const make = async (wanted: Wanted) => {
    const links: HandedLink[] = [];
    let [asked, expiresAt, whole] = [0, 0, true];
    let failure: unknown;
    setProgress(0);
    try {
      for await (const batch of wanted.batches()) {
        links.push(...batch.links);
        asked += batch.asked;
        expiresAt = batch.expiresAt;
        setProgress(asked);
        if (!stopped) continue;
        whole = asked >= wanted.count;
        break;
      }
    } catch (error) {
      whole = false;
      failure = error;
    }
    setProgress(null);
    // What was made is shown, whatever happened then: nobody can be shown it again.
    if (props.wanted === wanted) setMade({ links, asked, expiresAt, whole, failure });
  };
  const until = () => formatDateTime(made()?.expiresAt ?? 0, now());
  const print = () => {
    setOnPaper(true);
    // After the sheet is in the page.
    requestAnimationFrame(() => window.print());
  };
  const title = () => {
    const result = made();
    if (result) return result.links.length > 0 ? said("links.madeTitle", { count: result.links.length }) : said("links.noneTitle");
    return said("links.askTitle", { count: props.wanted?.count ?? 0 });
  };
  const isMaking = () => progress() !== null;
  return (
    <>
      <Dialog
        open={props.wanted !== null}
        title={title()}
        onClose={() => (isMaking() ? (stopped = true) : props.onClose())}
        actions={
          <Switch>
            <Match when={made()}>
              {(result) => (
                <>
                  <Button look="bare" onClick={() => props.onClose()}>
                    {said("links.close")}
                  </Button>
                  <Show when={result().links.length > 0}>
                    <Button look="soft" onClick={print}>
                      {said("links.print")}
                    </Button>
                    <Button icon="download" onClick={() => saveTable(result(), until())}>
                      {said("links.save")}
                    </Button>
                  </Show>
                </>
              )}
            </Match>
            <Match when={isMaking()}>
              <Button look="soft" onClick={() => void (stopped = true)}>
                {said("links.halt")}
              </Button>
            </Match>
            <Match when={props.wanted}>
              {(wanted) => (
                <>
                  <Button look="bare" onClick={() => props.onClose()}>
                    {words("shell.cancel")}
                  </Button>
                  <Button onClick={() => void make(wanted())}>{said("links.make")}</Button>
                </>
              )}
            </Match>
          </Switch>
        }
      >
        <Switch>
          <Match when={made()}>{(result) => <List made={result()} until={until()} />}</Match>
          <Match when={isMaking()}>
            <Meter share={(progress() ?? 0) / Math.max(1, props.wanted?.count ?? 0)} label={said("links.progress", { done: progress() ?? 0, all: props.wanted?.count ?? 0 })} />
            <p class="small soft mt-2" role="status">
              {said("links.progress", { done: progress() ?? 0, all: props.wanted?.count ?? 0 })}
            </p>
          </Match>
          <Match when={props.wanted}>
            <p>{said("links.askText")}</p>
            <p class="mt-2">{said("links.askOnce")}</p>
          </Match>
        </Switch>
      </Dialog>
      <Show when={onPaper() && made()}>{(result) => <Sheet links={result().links} until={until()} />}</Show>
    </>
  );
}
