import { createSignal, type JSX, Match, Show, Switch as Choose } from "solid-js";
import { type CourseEntry, type EntryChange, joinAddress, SEATS_MAX, spellCode } from "@mochila/shared/courses/entry.ts";
import { formatDate } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/Button.tsx";
import { copyText } from "../../ui/clipboard.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field, Switch } from "../../ui/Field.tsx";
import { Banner, Empty, Skeleton } from "../../ui/Notice.tsx";
import { useNow } from "../../ui/now.ts";
import { QrCode } from "../../ui/QrCode.tsx";
import { showToast } from "../../ui/toast.ts";
import { Confirm } from "../../ui/Confirm.tsx";
import { DayField } from "./DayField.tsx";
import type { Entry } from "./entry-calls.ts";
import { said } from "./words.ts";
import "./entry.css";

/** Says itself how it went; answers whether the school has it. */
type Decide = (change: EntryChange, done?: string) => Promise<boolean>;

const Section = (props: { id: string; title: string; children: JSX.Element }) => (
  <section class="section" aria-labelledby={props.id}>
    <div class="section-head">
      <h2 id={props.id}>{props.title}</h2>
    </div>
    {props.children}
  </section>
);

/** The code as a class reads it from the wall. */
function LargeCode(props: { code: string; open: boolean; onClose: () => void }) {
  const words = useWords();
  return (
    <Dialog open={props.open} title={said("entry.largeTitle")} onClose={() => props.onClose()} actions={<Button onClick={() => props.onClose()}>{words("shell.close")}</Button>}>
      <p class="course-code course-code-large">{spellCode(props.code)}</p>
      <QrCode text={joinAddress(location.origin, props.code)} label={said("entry.largePicture")} />
      <p>{said("entry.largeHow", { address: `${location.host}/join` })}</p>
    </Dialog>
  );
}

function CodePart(props: { code: string; endsAt: number | null; placesEndAt: number | null; decide: Decide }) {
  const now = useNow();
  const isOver = (instant: number | null) => instant !== null && instant <= now();
  const opensNothing = () => isOver(props.endsAt) || isOver(props.placesEndAt);
  const [asked, setAsked] = createSignal<"renew" | "end" | null>(null);
  const [large, setLarge] = createSignal(false);
  const copy = async (text: string) => showToast(said((await copyText(text)) ? "entry.copied" : "entry.notCopied"));
  return (
    <>
      <p class="course-code" data-code={props.code}>
        {spellCode(props.code)}
      </p>
      <Show when={isOver(props.endsAt)}>
        <Banner icon="warn">{said("entry.codeEnded", { date: formatDate(props.endsAt ?? 0, now()) })}</Banner>
      </Show>
      <Show when={isOver(props.placesEndAt)}>
        <Banner icon="warn">{said("entry.placesEnded", { date: formatDate(props.placesEndAt ?? 0, now()) })}</Banner>
      </Show>
      <Show when={!opensNothing()}>
        <p class="btns mb-4">
          <Button icon="link" onClick={() => void copy(joinAddress(location.origin, props.code))}>
            {said("entry.copyLink")}
          </Button>
          <Button look="soft" icon="copy" onClick={() => void copy(spellCode(props.code))}>
            {said("entry.copyCode")}
          </Button>
          <Button look="soft" icon="eye" onClick={() => setLarge(true)}>
            {said("entry.showLarge")}
          </Button>
        </p>
      </Show>
      <p class="small soft mb-4">{said("entry.codeText")}</p>
      <DayField label={said("entry.codeEnds")} hint={said("entry.codeEndsHint")} value={props.endsAt} onChoose={(codeEndsAt) => props.decide({ codeEndsAt })} />
      <p class="btns">
        <Button look="soft" icon="retry" onClick={() => setAsked("renew")}>
          {said("entry.renew")}
        </Button>
        <Button look="soft" icon="x" onClick={() => setAsked("end")}>
          {said("entry.end")}
        </Button>
      </p>
      <LargeCode code={props.code} open={large()} onClose={() => setLarge(false)} />
      <Confirm open={asked() === "renew"} title={said("entry.renewTitle")} text={said("entry.renewText")} action={said("entry.renew")} onDo={() => props.decide({ code: "new" })} onClose={() => setAsked(null)} />
      <Confirm open={asked() === "end"} title={said("entry.endTitle")} text={said("entry.endText")} action={said("entry.end")} onDo={() => props.decide({ code: "none" }, said("entry.ended"))} onClose={() => setAsked(null)} />
    </>
  );
}

function SeatsPart(props: { entry: CourseEntry; decide: Decide }) {
  // Over what the school says, which is asked anew at every decision beside it.
  const [typed, setTyped] = createSignal<string>();
  const [wrong, setWrong] = createSignal(false);
  const text = () => typed() ?? String(props.entry.seats ?? "");
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const sent = text();
    const seats = sent.trim() === "" ? null : Number(sent);
    const isWrong = seats !== null && !(Number.isInteger(seats) && seats >= 1 && seats <= SEATS_MAX);
    setWrong(isWrong);
    if (!isWrong && (await props.decide({ seats })) && typed() === sent) setTyped();
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Field label={said("entry.seats")} hint={said("entry.seatsHint")} error={wrong() ? said("entry.seatsWrong") : undefined} inputmode="numeric" maxlength={6} value={text()} onInput={(event) => setTyped(event.currentTarget.value)} />
      <p class="line between">
        <Button type="submit" look="soft">
          {said("entry.save")}
        </Button>
        <span class="small soft">{said("entry.seatsTaken", { count: props.entry.students })}</span>
      </p>
    </form>
  );
}

/** What stands in the place of what only the school knows. */
export function FromSchool(props: { source: Entry; children: (entry: CourseEntry) => JSX.Element }) {
  const words = useWords();
  return (
    <Choose>
      <Match when={props.source.entry()}>{(entry) => props.children(entry())}</Match>
      <Match when={props.source.entry() === undefined}>
        <Skeleton label={words("shell.loading")} />
      </Match>
      <Match when={props.source.entry() === null}>
        <Empty title={said("entry.away")} action={<Button look="soft" onClick={() => void props.source.load()}>{words("shell.tryAgain")}</Button>}>
          {said("entry.awayText")}
        </Empty>
      </Match>
    </Choose>
  );
}

/** How people come into a course by themselves, for who teaches it. */
export function WaysIn(props: { source: Entry }) {
  const [making, setMaking] = createSignal(false);
  const decide: Decide = async (change, done = said("entry.saved")) => {
    const decided = await props.source.decide(change).then(
      () => true,
      () => false,
    );
    showToast(decided ? done : said("entry.problem"));
    return decided;
  };
  const make = async () => {
    if (making()) return;
    setMaking(true);
    await decide({ code: "new" });
    setMaking(false);
  };
  return (
    <FromSchool source={props.source}>
      {(entry) => (
        <div class="narrow-column">
          <Section id="entry-code" title={said("entry.codeTitle")}>
            <Show
              when={props.source.entry()?.code}
              fallback={
                <>
                  <p class="soft mb-4">{said("entry.codeNone")}</p>
                  <Button icon="plus" busy={making()} onClick={() => void make()}>
                    {said("entry.makeCode")}
                  </Button>
                </>
              }
            >
              {(code) => <CodePart code={code()} endsAt={props.source.entry()?.codeEndsAt ?? null} placesEndAt={props.source.entry()?.placeEndsAt ?? null} decide={decide} />}
            </Show>
          </Section>
          <Section id="entry-seats" title={said("entry.seatsTitle")}>
            <SeatsPart entry={props.source.entry() ?? entry} decide={decide} />
          </Section>
          <Section id="entry-place" title={said("entry.placeTitle")}>
            <DayField label={said("entry.placeEnds")} hint={said("entry.placeEndsHint")} value={props.source.entry()?.placeEndsAt ?? null} onChoose={(placeEndsAt) => decide({ placeEndsAt })} />
          </Section>
          <Section id="entry-open" title={said("entry.openTitle")}>
            <Switch label={said("entry.open")} hint={said("entry.openHint")} checked={props.source.entry()?.open ?? false} onChange={(open) => decide({ open })} />
          </Section>
        </div>
      )}
    </FromSchool>
  );
}
