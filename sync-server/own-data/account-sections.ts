import { type AuditAction, auditActions } from "@mochila/shared/admin/audit-actions.ts";
import { auditWords, wordOf } from "@mochila/shared/admin/audit-words.ts";
import { isLetter, writeLetter } from "../mail/letters.ts";
import { among, course, PORTION, type Section, when, type Words } from "./section.ts";

const roles = among({
  administrator: { en: "Administrator", es: "Administra" },
  instructor: { en: "Instructor", es: "Docente" },
  assistant: { en: "Assistant", es: "Asistente" },
  student: { en: "Student", es: "Estudiante" },
  observer: { en: "Observer", es: "Observa" },
});

function actionWords(action: string): Words | null {
  const known = auditActions.find((one) => one === action);
  return known ? { en: auditWords.en[wordOf(known)], es: auditWords.es[wordOf(known)] } : null;
}

/** A letter is called by its subject. */
const letterWords = (letter: string): Words | null => {
  if (!isLetter(letter)) return null;
  const subjectIn = (language: "en" | "es"): string => writeLetter(letter, language, { name: "", about: "…" }).subject;
  return { en: subjectIn("en"), es: subjectIn("es") };
};

const account: Section = {
  name: "account",
  title: { en: "Your account", es: "Tu cuenta" },
  about: { en: "Who you are for the school.", es: "Quién eres para la escuela." },
  columns: {
    name: { en: "Name", es: "Nombre" },
    email: { en: "E-mail", es: "Correo" },
    role: { en: "Role in the school", es: "Rol en la escuela" },
    language: { en: "Language", es: "Idioma" },
    timeZone: { en: "Time zone", es: "Zona horaria" },
    createdAt: { en: "Since", es: "Desde" },
  },
  called: { role: roles, language: among({ en: { en: "English", es: "Inglés" }, es: { en: "Spanish", es: "Español" } }) },
  rows: ({ sql, userId }) => sql`
    select id, name, email, system_role as role, language, state, email_verified_at as "emailProvedAt", created_at as "createdAt", closing_at as "closingAt", time_zone as "timeZone", picture_type as picture
    from person where id = ${userId}`.cursor(PORTION),
};

/** When somebody was given or took a place, and when it ended. The row of a place is written anew with every name, picture and group, and tells neither. */
const placeBegins = ["member.add", "member.invite", "member.join", "member.seat"] as const satisfies readonly AuditAction[];
const placeEnds = ["member.ended", "member.leave", "member.remove"] as const satisfies readonly AuditAction[];

const memberships: Section = {
  name: "courses",
  title: { en: "Your courses", es: "Tus cursos" },
  about: { en: "Where you are or were, and as what.", es: "Dónde estás o estuviste, y como qué." },
  columns: { course, role: { en: "As", es: "Como" }, state: { en: "Now", es: "Ahora" }, joinedAt: { en: "Joined", es: "Entrada" }, leftAt: { en: "Left", es: "Salida" } },
  called: { role: roles, state: among({ active: { en: "In it", es: "Dentro" }, left: { en: "Left", es: "Fuera" } }) },
  rows: ({ sql, userId }) => sql`
    select member.course_id as "courseId", coalesce(course.body -> 'title' ->> 'en', course.body -> 'title' ->> 'es') as course, member.body ->> 'role' as role,
      member.body ->> 'state' as state, log.joined as "joinedAt", case when member.body ->> 'state' = 'left' then log.left end as "leftAt", member.updated_at as "changedAt"
    from doc_members as member left join (
      select details ->> 'course' as course_id, max(at) filter (where action = any(${[...placeBegins]})) as joined, max(at) filter (where action = any(${[...placeEnds]})) as left
      from audit_entry where object_kind = 'person' and object_id = ${userId} group by 1) as log on log.course_id = member.course_id::text
      left join doc_courses as course on course.id = member.course_id and not course.deleted
    where member.owner_id = ${userId}::uuid and not member.deleted order by member.updated_at`.cursor(PORTION),
};

const devices: Section = {
  name: "devices",
  title: { en: "Sign-ins", es: "Entradas" },
  about: { en: "Where you signed in; ended ones are kept for a month.", es: "Dónde entraste; lo terminado se guarda un mes." },
  columns: { device: { en: "Device", es: "Dispositivo" }, startedAt: { en: "Begun", es: "Inicio" }, lastSeenAt: { en: "Last seen", es: "Última vez" }, endedAt: { en: "Ended", es: "Fin" } },
  rows: ({ sql, userId }) => sql`
    select id, device, created_at as "startedAt", rotated_at as "lastSeenAt", ended_at as "endedAt", end_reason as "endedBecause"
    from session where person_id = ${userId} order by created_at`.cursor(PORTION),
};

/** Who else acted is theirs, not this person's; that somebody did is. */
const security: Section = {
  name: "security",
  title: { en: "Log of your account", es: "Registro de tu cuenta" },
  about: {
    en: "What you did that the school keeps in its log, and what was done to your account. The network address only of what you did yourself.",
    es: "Lo que hiciste y la escuela guarda en su registro, y lo que se hizo con tu cuenta. La dirección de red solo de lo que hiciste tú.",
  },
  columns: { at: when, action: { en: "What", es: "Qué" }, by: { en: "By", es: "Por" }, about: { en: "About", es: "Sobre" }, network: { en: "Network", es: "Red" } },
  called: {
    action: actionWords,
    by: among({ you: { en: "You", es: "Tú" }, "the school": { en: "The school", es: "La escuela" }, "nobody signed in": { en: "Nobody signed in", es: "Nadie con sesión" } }),
    about: among({ you: { en: "You", es: "Tú" }, person: { en: "A person", es: "Una persona" }, course: { en: "A course", es: "Un curso" }, school: { en: "The school", es: "La escuela" } }),
  },
  rows: ({ sql, userId }) => sql`
    select at, action, case when real_actor_id is not null then 'the school' when actor_id = ${userId}::uuid then 'you' when actor_id is null then 'nobody signed in' else 'the school' end as by,
      case when object_kind = 'person' and object_id = ${userId} then 'you' else object_kind end as about,
      case when actor_id = ${userId}::uuid and real_actor_id is null then details end as details, case when actor_id = ${userId}::uuid and real_actor_id is null then network end as network
    from audit_entry where id in (
      select id from audit_entry where actor_id = ${userId}::uuid union select id from audit_entry where object_kind = 'person' and object_id = ${userId})
    order by id`.cursor(PORTION),
};

/** Also those to an e-mail that was theirs before. Their words may hold a link that opens the account. */
const letters: Section = {
  name: "letters",
  title: { en: "Letters to you", es: "Cartas para ti" },
  about: { en: "Which letters the school sent you in the last month, without their text.", es: "Qué cartas te envió la escuela en el último mes, sin su texto." },
  columns: { at: when, letter: { en: "Letter", es: "Carta" }, state: { en: "State", es: "Estado" } },
  called: {
    letter: letterWords,
    state: among({ waiting: { en: "On its way", es: "En camino" }, sent: { en: "Sent", es: "Enviada" }, refused: { en: "Refused by the mail server", es: "Rechazada por el correo" }, "given-up": { en: "Not sent", es: "No enviada" } }),
  },
  rows: ({ sql, userId }) => sql`
    select created_at as at, letter, state, ended_at as "endedAt" from mail
    where person_id = ${userId} or (person_id is null and recipient = (select email from person where id = ${userId})) order by created_at`.cursor(PORTION),
};

export const accountSections: readonly Section[] = [account, memberships, devices, security, letters];
