import { said } from "./words.ts";

/** Where nobody gets letters: who helps instead. It asks for no e-mail, and so tells nobody who has an account. */
export const NoLetters = () => (
  <section aria-labelledby="forgotten">
    <h2 id="forgotten">{said("account.forgottenTitle")}</h2>
    <p>{said("account.noLetters")}</p>
    <p class="soft mt-4">{said("account.noLettersLink")}</p>
  </section>
);
