import type { Language } from "@mochila/shared/kernel/schema.ts";
import { escapeHtml } from "../http/html.ts";

/** What a letter says: sentences, perhaps one thing to do, sentences after it. */
interface Letter {
  readonly subject: string;
  readonly before: readonly string[];
  readonly action?: { readonly label: string; readonly address: string };
  readonly after: readonly string[];
}

/** What differs from letter to letter. All of it is shown as text, whatever it holds. */
export interface LetterWords {
  /** Of the person who is written to; empty: they are greeted by none (`greetedAs`). */
  readonly name: string;
  readonly address?: string;
  /** Who did it, or what it is about. */
  readonly about?: string;
}

type Write = (words: LetterWords) => Letter;

const notYou = {
  en: "If you did not ask for this, do nothing: without the link nothing changes.",
  es: "Si no lo pediste, no hagas nada: sin el enlace no cambia nada.",
} as const;

const notMe = {
  en: "If it was not you, change your password now and write to an administrator of your school.",
  es: "Si no fuiste tú, cambia ahora tu contraseña y escribe a una persona administradora de tu escuela.",
} as const;

const hello = {
  en: (name: string): string => (name === "" ? "Hello," : `Hello ${name},`),
  es: (name: string): string => (name === "" ? "Hola:" : `Hola, ${name}:`),
} as const;

/** Every letter in every language. A new one is added in both, or does not compile. */
const letters = {
  /** Proves that the e-mail is the person's. 24 hours. */
  verify: {
    en: ({ name, address = "" }) => ({
      subject: "Confirm your e-mail",
      before: [hello.en(name), "someone made an account with this e-mail. If it was you, confirm it here; the link works for 24 hours."],
      action: { label: "Confirm my e-mail", address },
      after: [notYou.en],
    }),
    es: ({ name, address = "" }) => ({
      subject: "Confirma tu correo",
      before: [hello.es(name), "alguien creó una cuenta con este correo. Si fuiste tú, confírmalo aquí; el enlace sirve durante 24 horas."],
      action: { label: "Confirmar mi correo", address },
      after: [notYou.es],
    }),
  },
  /** Somebody signed up with an e-mail that has an account: the page said what it says to everybody. */
  exists: {
    en: ({ name, address = "" }) => ({
      subject: "You already have an account",
      before: [hello.en(name), "someone tried to make an account with this e-mail, which has one already. If it was you, sign in; if you forgot the password, choose a new one there."],
      action: { label: "Sign in", address },
      after: ["If it was not you, do nothing: your account is as it was."],
    }),
    es: ({ name, address = "" }) => ({
      subject: "Ya tienes una cuenta",
      before: [hello.es(name), "alguien intentó crear una cuenta con este correo, que ya tiene una. Si fuiste tú, entra; si olvidaste la contraseña, allí puedes elegir otra."],
      action: { label: "Entrar", address },
      after: ["Si no fuiste tú, no hagas nada: tu cuenta sigue como estaba."],
    }),
  },
  /** 30 minutes. */
  reset: {
    en: ({ name, address = "" }) => ({
      subject: "Choose a new password",
      before: [hello.en(name), "here you choose a new password. The link works for 30 minutes and once."],
      action: { label: "Choose a new password", address },
      after: [notYou.en],
    }),
    es: ({ name, address = "" }) => ({
      subject: "Elige una contraseña nueva",
      before: [hello.es(name), "aquí eliges una contraseña nueva. El enlace sirve durante 30 minutos y una sola vez."],
      action: { label: "Elegir una contraseña nueva", address },
      after: [notYou.es],
    }),
  },
  invitation: {
    en: ({ name, address = "", about = "" }) => ({
      subject: "Your account is ready",
      before: [hello.en(name), `${about} made an account for you. Choose a password to begin; the link works for 7 days and once.`],
      action: { label: "Begin", address },
      after: ["If you did not expect this, do nothing."],
    }),
    es: ({ name, address = "", about = "" }) => ({
      subject: "Tu cuenta está lista",
      before: [hello.es(name), `${about} creó una cuenta para ti. Elige una contraseña para empezar; el enlace sirve durante 7 días y una sola vez.`],
      action: { label: "Empezar", address },
      after: ["Si no lo esperabas, no hagas nada."],
    }),
  },
  passwordChanged: {
    en: ({ name, address = "" }) => ({
      subject: "Your password was changed",
      before: [hello.en(name), "your password was changed, and other devices were signed out. What waits on them is kept until you sign in there."],
      action: { label: "It was not me: choose a new one", address },
      after: [],
    }),
    es: ({ name, address = "" }) => ({
      subject: "Tu contraseña cambió",
      before: [hello.es(name), "tu contraseña cambió y se cerró la sesión en los demás dispositivos. Lo que espera en ellos se guarda hasta que entres allí."],
      action: { label: "No fui yo: elegir otra", address },
      after: [],
    }),
  },
  /** To the new e-mail. */
  confirmEmail: {
    en: ({ name, address = "" }) => ({
      subject: "Confirm your new e-mail",
      before: [hello.en(name), "you asked that Mochila writes to this e-mail from now on. Confirm it here; the link works for 24 hours."],
      action: { label: "Confirm my new e-mail", address },
      after: [notYou.en],
    }),
    es: ({ name, address = "" }) => ({
      subject: "Confirma tu correo nuevo",
      before: [hello.es(name), "pediste que Mochila escriba a este correo a partir de ahora. Confírmalo aquí; el enlace sirve durante 24 horas."],
      action: { label: "Confirmar mi correo nuevo", address },
      after: [notYou.es],
    }),
  },
  /** To the old e-mail, when the new one was confirmed. */
  emailChanged: {
    en: ({ name, about = "" }) => ({
      subject: "Your e-mail was changed",
      before: [hello.en(name), `your account now uses ${about}. This address is not used any more.`],
      after: ["If it was not you, write to an administrator of your school now."],
    }),
    es: ({ name, about = "" }) => ({
      subject: "Tu correo cambió",
      before: [hello.es(name), `tu cuenta usa ahora ${about}. Esta dirección ya no se usa.`],
      after: ["Si no fuiste tú, escribe ahora a una persona administradora de tu escuela."],
    }),
  },
  /** The copy of one's own data can be fetched for 24 hours, by whoever signs in. */
  dataReady: {
    en: ({ name, address = "" }) => ({
      subject: "Your data is ready",
      before: [hello.en(name), "the copy of your data that you asked for is ready. You find it there for 24 hours, after signing in."],
      action: { label: "Get my data", address },
      after: ["If you did not ask for it, change your password now: somebody was signed in as you and knew it."],
    }),
    es: ({ name, address = "" }) => ({
      subject: "Tus datos están listos",
      before: [hello.es(name), "la copia de tus datos que pediste está lista. La encuentras allí durante 24 horas, después de entrar."],
      action: { label: "Obtener mis datos", address },
      after: ["Si no la pediste, cambia tu contraseña ahora: alguien había entrado como tú y la conocía."],
    }),
  },
  /** `about`: the day. */
  closing: {
    en: ({ name, address = "", about = "" }) => ({
      subject: "Your account will be closed",
      before: [hello.en(name), `you asked to close your account. It will be closed on ${about}. Until then you keep it by signing in once.`],
      action: { label: "Sign in and keep it", address },
      after: [],
    }),
    es: ({ name, address = "", about = "" }) => ({
      subject: "Tu cuenta se cerrará",
      before: [hello.es(name), `pediste cerrar tu cuenta. Se cerrará el ${about}. Hasta entonces la conservas si entras una vez.`],
      action: { label: "Entrar y conservarla", address },
      after: [],
    }),
  },
  /** By a sign-in. */
  closingTakenBack: {
    en: ({ name }) => ({
      subject: "Your account stays",
      before: [hello.en(name), "you had asked to close your account. A sign-in has taken that back: nothing is closed, and everything is as it was."],
      after: [notMe.en],
    }),
    es: ({ name }) => ({
      subject: "Tu cuenta se queda",
      before: [hello.es(name), "habías pedido cerrar tu cuenta. Una entrada lo anuló: no se cierra nada y todo sigue como estaba."],
      after: [notMe.es],
    }),
  },
  /** `about`: the name of the administrator. */
  lookedAs: {
    en: ({ name, address = "", about = "" }) => ({
      subject: "An administrator looks at the school as you",
      before: [hello.en(name), `${about} opened the school as you see it, for at most an hour, to help or to look into something. They change nothing, and they do not see your private notes. While it lasts it stands among your devices, where you can end it.`],
      action: { label: "See my devices", address },
      after: ["If you do not know why, ask an administrator of your school."],
    }),
    es: ({ name, address = "", about = "" }) => ({
      subject: "Una persona administradora ve la escuela como tú",
      before: [hello.es(name), `${about} abrió la escuela tal como tú la ves, durante una hora como máximo, para ayudar o aclarar algo. No cambia nada ni ve tus notas privadas. Mientras dura aparece entre tus dispositivos, donde puedes cerrarlo.`],
      action: { label: "Ver mis dispositivos", address },
      after: ["Si no sabes por qué, pregunta a una persona administradora de tu escuela."],
    }),
  },
  /** Somebody who waited for a seat in a course has one. */
  seat: {
    en: ({ name, address = "", about = "" }) => ({
      subject: `You are in: ${about}`,
      before: [hello.en(name), `a seat came free in “${about}”, and it is yours. The course is on your devices the next time they are online.`],
      action: { label: "Open the course", address },
      after: ["If you do not want it any more, leave the course under “People”: somebody else may be waiting."],
    }),
    es: ({ name, address = "", about = "" }) => ({
      subject: `Ya tienes lugar: ${about}`,
      before: [hello.es(name), `quedó un lugar libre en «${about}» y es tuyo. El curso llega a tus dispositivos la próxima vez que tengan conexión.`],
      action: { label: "Abrir el curso", address },
      after: ["Si ya no lo quieres, deja el curso en «Personas»: quizá alguien más espera."],
    }),
  },
  factorAdded: {
    en: ({ name, address = "" }) => ({
      subject: "A second factor was added",
      before: [hello.en(name), "your account has a new second factor: from now on a sign-in asks for it after the password."],
      action: { label: "See what is on my account", address },
      after: [notMe.en],
    }),
    es: ({ name, address = "" }) => ({
      subject: "Se añadió un segundo factor",
      before: [hello.es(name), "tu cuenta tiene un segundo factor nuevo: a partir de ahora se pide al entrar, después de la contraseña."],
      action: { label: "Ver qué hay en mi cuenta", address },
      after: [notMe.es],
    }),
  },
  factorRemoved: {
    en: ({ name, address = "" }) => ({
      subject: "A second factor was removed",
      before: [hello.en(name), "a second factor of your account was removed and opens nothing any more."],
      action: { label: "See what is on my account", address },
      after: [notMe.en],
    }),
    es: ({ name, address = "" }) => ({
      subject: "Se quitó un segundo factor",
      before: [hello.es(name), "se quitó un segundo factor de tu cuenta, que ya no abre nada."],
      action: { label: "Ver qué hay en mi cuenta", address },
      after: [notMe.es],
    }),
  },
  /** By an administrator, for somebody who lost them. */
  factorsRemoved: {
    en: ({ name, address = "" }) => ({
      subject: "Your second factors were removed",
      before: [hello.en(name), "an administrator of your school removed every second factor of your account, with its recovery codes. You sign in with your password; set up a new one there."],
      action: { label: "See what is on my account", address },
      after: ["If you did not ask for this, write to an administrator of your school now."],
    }),
    es: ({ name, address = "" }) => ({
      subject: "Se quitaron tus segundos factores",
      before: [hello.es(name), "una persona administradora de tu escuela quitó todos los segundos factores de tu cuenta, con sus códigos de recuperación. Entras con tu contraseña; allí puedes configurar uno nuevo."],
      action: { label: "Ver qué hay en mi cuenta", address },
      after: ["Si no lo pediste, escribe ahora a una persona administradora de tu escuela."],
    }),
  },
  codesRenewed: {
    en: ({ name, address = "" }) => ({
      subject: "You have new recovery codes",
      before: [hello.en(name), "new recovery codes were made for your account. The earlier ones open nothing any more."],
      action: { label: "See what is on my account", address },
      after: [notMe.en],
    }),
    es: ({ name, address = "" }) => ({
      subject: "Tienes códigos de recuperación nuevos",
      before: [hello.es(name), "se crearon códigos de recuperación nuevos para tu cuenta. Los anteriores ya no abren nada."],
      action: { label: "Ver qué hay en mi cuenta", address },
      after: [notMe.es],
    }),
  },
  codeUsed: {
    en: ({ name, address = "", about = "" }) => ({
      subject: "A recovery code was used",
      before: [hello.en(name), `somebody signed in to your account with a recovery code in the place of your second factor. Codes left: ${about}.`],
      action: { label: "See what is on my account", address },
      after: [notMe.en],
    }),
    es: ({ name, address = "", about = "" }) => ({
      subject: "Se usó un código de recuperación",
      before: [hello.es(name), `alguien entró en tu cuenta con un código de recuperación en lugar de tu segundo factor. Códigos que quedan: ${about}.`],
      action: { label: "Ver qué hay en mi cuenta", address },
      after: [notMe.es],
    }),
  },
} as const satisfies Record<string, Record<Language, Write>>;

export type LetterName = keyof typeof letters;

export const isLetter = (name: string): name is LetterName => Object.hasOwn(letters, name);

export interface WrittenLetter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** A line break in a name would begin a line of its own, and in a subject a header. */
const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim();

const paragraph = (text: string): string => `<p style="margin:0 0 16px">${escapeHtml(text)}</p>`;

/** A letter as text and as HTML with the same words. The HTML loads nothing from anywhere. */
export function writeLetter(name: LetterName, language: Language, words: LetterWords): WrittenLetter {
  const safe: LetterWords = { ...words, name: oneLine(words.name), ...(words.about !== undefined && { about: oneLine(words.about) }) };
  const write: Write = letters[name][language];
  const { subject, before, action, after } = write(safe);
  const text = [...before, ...(action ? [`${action.label}:\n${action.address}`] : []), ...after, "Mochila"].join("\n\n");
  const button = action
    ? [`<p style="margin:0 0 16px"><a href="${escapeHtml(action.address)}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#00635f;color:#ffffff;text-decoration:none;font-weight:600">${escapeHtml(action.label)}</a></p>`, `<p style="margin:0 0 16px;font-size:13px;color:#555">${escapeHtml(action.address)}</p>`]
    : [];
  const body = [...before.map(paragraph), ...button, ...after.map(paragraph)].join("");
  const html = `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head><body style="margin:0;padding:24px;background:#fdfcf8;color:#1f1d19"><div style="max-width:34rem;margin:0 auto;font:16px/1.5 system-ui,sans-serif">${body}<p style="margin:0;color:#777">Mochila</p></div></body></html>`;
  return { subject, text, html };
}
