import { CodedError } from "@mochila/shared/errors.ts";
import { PASSWORD_CHARACTERS_MIN } from "@mochila/shared/limits.ts";

/** What those who guess try first, in the languages of the school; without the figures and signs that people put after it, and without accents. No dictionary: the commonest. */
const COMMON = new Set(
  `password passwort passw0rd p@ssword p@ssw0rd contrasena clave secret secreto iloveyou teamo tequiero teamomucho princess princesa sunshine football futbol baseball
  superman batman spiderman pokemon dragon monkey shadow master michael jennifer jessica charlie ashley qwerty qwertyui qwertyuiop azerty azertyuiop asdf asdfg asdfgh
  asdfghjk asdfghjkl zxcv zxcvbn zxcvbnm 1qaz2wsx 1q2w3e4r 1q2w3e4r5t q1w2e3r4 qazwsx qazwsxedc abc abcd a1b2c3d4 admin administrator administrador welcome bienvenido
  bienvenida letmein login changeme default guest user usuario usuaria test testtest prueba hello hola holahola whatever starwars minecraft fortnite freedom computer
  internet familia amistad corazon estrella estrellita mariposa barcelona realmadrid america argentina colombia mexico venezuela guatemala elsalvador honduras nicaragua
  costarica peru bolivia chile ecuador jesucristo dios jesus alejandra alejandro carolina fernanda fernando francisco gabriela guadalupe margarita sebastian valentina
  student estudiante teacher maestra maestro school escuela colegio profesor profesora mochila !@#$%^&*`.split(/\s+/),
);

/** Who chooses. A school is called by what stands behind the @ of its people. */
interface Chooser {
  readonly email: string;
  readonly name: string;
}

const lower = (text: string): string => text.toLowerCase().normalize("NFD").replaceAll(/\p{M}/gu, "");
const plain = (text: string): string => lower(text).replaceAll(/[^\p{L}\p{N}]/gu, "");
/** Figures and signs behind a word are what everybody adds. */
const stem = (text: string): string => lower(text).replace(/[^\p{L}]+$/u, "");
const formsOf = (password: string): string[] => [lower(password), stem(password), plain(password), plain(stem(password))];

/** Up to four signs again and again: 11111111, abababab, 12341234. */
const isRepeated = (text: string): boolean => /^(.{1,4}?)\1+.{0,3}$/su.test(text) && new Set(text).size <= 4;

const ROWS = ["01234567890123456789", "abcdefghijklmnopqrstuvwxyz"].flatMap((row) => [row, [...row].toReversed().join("")]);
const isRow = (text: string): boolean => text.length >= PASSWORD_CHARACTERS_MIN && ROWS.some((row) => row.includes(text));

const isCommon = (password: string): boolean => formsOf(password).some((form) => COMMON.has(form)) || isRepeated(lower(password)) || isRow(plain(password));

/** Their e-mail or a part of it, their name or a word of it. */
function isOwn(password: string, { email, name }: Chooser): boolean {
  const words = [email, ...email.split(/[@.]/), email.split("@")[0] ?? "", name, ...name.split(/\s+/)].map(plain).filter((word) => word.length > 2);
  return formsOf(password).some((form) => words.includes(form));
}

/**
 * Refuses a password that whoever guesses would try first: the commonest, and what everybody knows of its person and their school. Everywhere where somebody
 * chooses one. Throws `invalid_input` with the field `password` and the problem `common` or `own`.
 */
export function checkChoice(password: string, chooser: Chooser): void {
  const problem = isCommon(password) ? "common" : isOwn(password, chooser) ? "own" : null;
  if (problem === null) return;
  const message = problem === "common" ? "Many people have this password, so it is guessed first." : "This password can be guessed from the e-mail or the name.";
  throw new CodedError("invalid_input", `${message} Choose another one of at least ${PASSWORD_CHARACTERS_MIN} characters; a few words in a row are easy to remember.`, { details: { field: "password", problem } });
}
