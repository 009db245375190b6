import { createEffect, createSignal, on, Show } from "solid-js";
import type { PersonLine } from "@mochila/shared/admin/person.ts";
import type { Closure } from "@mochila/shared/users/own-data.ts";
import { formatList } from "../i18n/formats.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { Banner } from "../ui/Notice.tsx";
import { failureWords, isAway } from "./failure.ts";
import type { PeopleCalls } from "./people.ts";
import { said } from "./words.ts";

/** What cannot be taken back is done by whoever types whom it is done to. */
export function ClosePerson(props: { person: PersonLine | null; calls: PeopleCalls; onClose: () => void; onClosed: (person: PersonLine) => void }) {
  const [typed, setTyped] = createSignal("");
  const [problem, setProblem] = createSignal<string | undefined>();
  const [standing, setStanding] = createSignal<Closure | null>(null);
  createEffect(
    on(() => props.person, (person) => {
      setStanding(null);
      if (!person) return;
      setTyped("");
      setProblem(undefined);
      // Where it is not known, the school says no.
      props.calls.closure(person.id).then((found) => person === props.person && setStanding(found), () => undefined);
    }),
  );
  const obstacle = () => {
    const one = standing();
    if (one?.lastAdministrator) return said("admin.closeLast");
    return one && one.lastTeacherOf.length > 0 ? said("admin.closeTeaches", { courses: formatList(one.lastTeacherOf.map(({ title }) => title)) }) : null;
  };
  const isRight = () => typed().trim().toLowerCase() === props.person?.email;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const { person } = props;
    if (!person || !isRight()) return setProblem(said("admin.closeWrong"));
    await props.calls.close(person.id, person.email).then(() => props.onClosed(person), (error: unknown) => setProblem(isAway(error) ? failureWords(error) : said("admin.closeWrong")));
  };
  return (
    <Dialog
      open={props.person !== null}
      title={said("admin.closeTitle", { name: props.person?.name ?? "" })}
      onClose={() => props.onClose()}
      onCancel={() => props.onClose()}
      actions={
        <Show when={obstacle() === null}>
          <Button look="alert" type="submit" form="close-person">
            {said("admin.closeYes")}
          </Button>
        </Show>
      }
    >
      <p class="mb-4">{said("admin.closeText")}</p>
      <Show
        when={obstacle() === null}
        fallback={
          <Banner icon="warn" role="alert">
            {obstacle()}
          </Banner>
        }
      >
        <form id="close-person" onSubmit={(event) => void submit(event)}>
          <Field
            label={said("admin.closeType", { email: props.person?.email ?? "" })}
            type="email"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            required
            value={typed()}
            error={problem()}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </form>
      </Show>
    </Dialog>
  );
}
