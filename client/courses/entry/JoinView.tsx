import { useLocation } from "@solidjs/router";
import { createEffect, createSignal, on, Show } from "solid-js";
import { type CourseOffer, type JoinRequest, readCode } from "@mochila/shared/courses/entry.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { formatDate, formatList } from "../../i18n/formats.ts";
import { language } from "../../i18n/language.ts";
import { pick } from "../../i18n/localized.ts";
import { useWords } from "../../i18n/words.ts";
import { usePerson } from "../../person.ts";
import { Button, LinkButton } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { Banner, Skeleton } from "../../ui/Notice.tsx";
import { useNow } from "../../ui/now.ts";
import { useOnward } from "../../ui/onward.ts";
import { Page } from "../../ui/Page.tsx";
import { showToast } from "../../ui/toast.ts";
import { createNoLetters } from "../../users/account/letter-way.ts";
import { behindHash } from "../../users/account/behind-hash.ts";
import { forgetJoin } from "../../users/account/way-on.ts";
import { useCourseCalls } from "../course-calls.ts";
import { Catalogue } from "./Catalogue.tsx";
import { useJoinCalls } from "./entry-calls.ts";
import { OwnWaits } from "./OwnWaits.tsx";
import { said } from "./words.ts";
import "./entry.css";

type Problem = "refused" | "tooMany" | "problem";

const problemOf = (error: unknown): Problem => {
  if (!(error instanceof CodedError)) return "problem";
  return error.code === "forbidden" ? "refused" : error.code === "too_many_requests" ? "tooMany" : "problem";
};

interface Offered {
  readonly request: JoinRequest;
  readonly offer: CourseOffer;
}

/** A course before one joins it, and how it stands after. */
function Offer(props: { offered: Offered; busy: boolean; onJoin: () => void; onStop: () => void; onOther: () => void }) {
  const offer = () => props.offered.offer;
  const title = () => pick(offer().title, language());
  const description = () => pick(offer().description, language());
  const now = useNow();
  const noLetters = createNoLetters();
  const isOpen = () => offer().standing === "free" || offer().standing === "full";
  return (
    <section class="narrow-column" aria-labelledby="offer" data-standing={offer().standing}>
      <h2 id="offer" tabindex="-1" lang={title()?.lang} ref={(heading) => queueMicrotask(() => heading.focus({ preventScroll: true }))}>
        {title()?.value}
      </h2>
      <Show when={offer().teachers.length > 0}>
        <p class="soft mb-4">{said("entry.offerBy", { names: formatList(offer().teachers) })}</p>
      </Show>
      <Show when={description()}>
        {(text) => (
          <p class="mb-4 course-text" lang={text().lang}>
            {text().value}
          </p>
        )}
      </Show>
      <p class="mb-4" role="status">
        <Show when={offer().standing === "free"}>{said("entry.offerFree")} </Show>
        <Show when={offer().standing === "full"}>{said(noLetters() ? "entry.offerFullHere" : "entry.offerFull")} </Show>
        <Show when={isOpen() && offer().placeEndsAt}>{(at) => <>{said("entry.offerEnds", { date: formatDate(at(), now()) })} </>}</Show>
        <Show when={offer().standing === "ended"}>{said("entry.offerEnded")} </Show>
        <Show when={offer().standing === "other"}>{said("entry.offerOther")} </Show>
        <Show when={offer().standing === "waiting"}>{said("entry.waits", { place: offer().place ?? 0 })} </Show>
        <Show when={offer().standing === "in"}>{said(offer().shown ? "entry.alreadyIn" : "entry.joinedHidden")} </Show>
        <Show when={isOpen() && !offer().shown}>{said("entry.offerHidden")}</Show>
      </p>
      <p class="btns">
        <Show when={isOpen()}>
          <Button busy={props.busy} onClick={() => props.onJoin()}>
            {said(offer().standing === "full" ? "entry.wait" : "entry.join")}
          </Button>
        </Show>
        <Show when={offer().standing === "in" && offer().shown}>
          <LinkButton href={`/courses/${offer().courseId}`} look="primary">
            {said("entry.openCourse")}
          </LinkButton>
        </Show>
        <Show when={offer().standing === "waiting"}>
          <Button look="soft" busy={props.busy} onClick={() => props.onStop()}>
            {said("entry.stopWaiting")}
          </Button>
        </Show>
        <Button look="bare" onClick={() => props.onOther()}>
          {said("entry.notThis")}
        </Button>
      </p>
    </section>
  );
}

function CodeForm(props: { text: string; wrong: boolean; busy: boolean; onText: (text: string) => void; onWrong: (wrong: boolean) => void; onCode: (code: string) => void }) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const code = readCode(props.text);
    props.onWrong(code === null);
    if (code !== null) props.onCode(code);
  };
  return (
    <form class="narrow-column" onSubmit={submit}>
      <Field
        label={said("entry.code")}
        hint={said("entry.codeHint")}
        error={props.wrong ? said("entry.codeWrong") : undefined}
        name="code"
        autocomplete="off"
        autocapitalize="characters"
        spellcheck={false}
        required
        maxlength={30}
        value={props.text}
        onInput={(event) => props.onText(event.currentTarget.value)}
      />
      <Button type="submit" busy={props.busy}>
        {said("entry.look")}
      </Button>
    </form>
  );
}

/** Joins a course: by the code of its teacher, or by the link that holds it. */
export default function JoinView() {
  const words = useWords();
  const place = useLocation();
  const onward = useOnward();
  const join = useJoinCalls();
  const courses = useCourseCalls();
  const { sync, looking } = usePerson();
  const [offered, setOffered] = createSignal<Offered | null>(null);
  const [problem, setProblem] = createSignal<Problem | null>(null);
  const [busy, setBusy] = createSignal(false);
  // It is what whoever sits here wants, not whom they look as.
  if (!looking) forgetJoin();
  const ask = async (work: () => Promise<void>) => {
    if (busy()) return;
    setBusy(true);
    setProblem(null);
    await work().catch((error: unknown) => setProblem(problemOf(error)));
    setBusy(false);
  };
  const look = (request: JoinRequest) => ask(async () => void setOffered({ request, offer: await join.look(request) }));
  /** Outlives a try that opened nothing. */
  const [text, setText] = createSignal("");
  /** Also of a link that came in part. */
  const [wrong, setWrong] = createSignal(false);
  const typed = () => behindHash(place.hash);
  createEffect(
    on(typed, (hash) => {
      setText(hash);
      const code = readCode(hash);
      setWrong(hash !== "" && code === null);
      if (code !== null && !looking) void look({ code });
    }),
  );
  const enter = ({ request }: Offered) =>
    ask(async () => {
      const offer = await join.join(request);
      setOffered({ request, offer });
      if (offer.standing !== "in" || !offer.shown) return;
      showToast(said("entry.joined"));
      void sync.syncNow();
      if (await courses.arrives(offer.courseId)) onward(`/courses/${offer.courseId}`);
    });
  const other = () => {
    setOffered(null);
    setText("");
    setProblem(null);
    onward("/courses/join", { replace: true });
  };
  const stop = ({ request, offer }: Offered) =>
    ask(async () => {
      await join.undo(offer.courseId);
      showToast(said("entry.stopped"));
      // Whose code has ended meanwhile, or who came here by their place in the line, has no way in any more.
      const again = await join.look(request).catch(() => null);
      if (again) setOffered({ request, offer: again });
      else other();
    });
  return (
    <Page title={said("entry.joinTitle")} crumbs={[{ href: "/courses", label: words("shell.courses") }]}>
      <div class="title">
        <h1>{said("entry.joinTitle")}</h1>
        <p>{said("entry.joinIntro")}</p>
      </div>
      <div role="alert">
        <Show when={problem()}>{(kind) => <Banner icon="circle-alert" role="alert">{said(`entry.${kind()}`)}</Banner>}</Show>
      </div>
      <Show
        when={offered()}
        fallback={
          <Show when={!(busy() && typed() !== "")} fallback={<Skeleton label={words("shell.loading")} />}>
            <Show when={!looking}>
              <OwnWaits onChoose={(offer) => setOffered({ request: { courseId: offer.courseId }, offer })} />
              <CodeForm text={text()} wrong={wrong()} onText={setText} onWrong={setWrong} busy={busy()} onCode={(code) => void look({ code })} />
            </Show>
            <Catalogue onChoose={(courseId) => (looking ? looking.refuse() : void look({ courseId }))} />
          </Show>
        }
      >
        {(now) => <Offer offered={now()} busy={busy()} onJoin={() => void enter(now())} onStop={() => void stop(now())} onOther={other} />}
      </Show>
    </Page>
  );
}
