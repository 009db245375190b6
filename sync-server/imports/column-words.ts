import type { CourseRole, SystemRole } from "@mochila/shared/access/actor.ts";
import type { ImportColumn } from "@mochila/shared/admin/people-import.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";

// What schools write at the head of a column and into its cells, in both languages.

type Words<Meaning extends string> = Readonly<Record<Meaning, readonly string[]>>;

/** As people compare words: without accents, capitals and signs. */
const plain = (text: string): string =>
  text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, " ").trim();

const reader = <Meaning extends string>(words: Words<Meaning>): ((text: string) => Meaning | null) => {
  const meanings = new Map((Object.keys(words) as Meaning[]).flatMap((meaning) => words[meaning].map((word): [string, Meaning] => [word, meaning])));
  return (text) => meanings.get(plain(text)) ?? null;
};

export const readColumn = reader<ImportColumn>({
  email: ["email", "e mail", "mail", "email address", "e mail address", "correo", "correo electronico", "direccion de correo", "correo institucional"],
  name: ["name", "full name", "first name", "given name", "nombre", "nombres", "nombre completo", "nombre y apellidos", "nombre y apellido"],
  surname: ["surname", "last name", "family name", "apellido", "apellidos"],
  systemRole: ["role", "system role", "role in the school", "school role", "rol", "rol en la escuela", "rol del sistema", "rol en el sistema", "papel", "papel en la escuela"],
  language: ["language", "lang", "idioma", "lengua"],
  course: ["course", "course title", "course id", "curso", "titulo del curso", "id del curso", "asignatura", "materia"],
  courseRole: ["course role", "role in the course", "role in course", "rol en el curso", "rol del curso", "papel en el curso", "papel del curso"],
  courseEnd: ["until", "in the course until", "end", "end date", "ends", "ends on", "course end", "end of the place", "last day", "hasta", "en el curso hasta", "fin", "fecha de fin", "termina", "fin en el curso", "fin del lugar", "ultimo dia"],
});

const teachers = ["instructor", "instructora", "teacher", "docente", "profesor", "profesora", "maestro", "maestra"];
const students = ["student", "estudiante", "alumno", "alumna", "pupil", "learner"];

export const readSystemRole = reader<SystemRole>({
  administrator: ["administrator", "admin", "administrador", "administradora", "administracion"],
  instructor: teachers,
  student: students,
});

export const readCourseRole = reader<CourseRole>({
  instructor: teachers,
  assistant: ["assistant", "asistente", "ayudante", "auxiliar", "teaching assistant"],
  student: students,
  observer: ["observer", "observador", "observadora", "oyente"],
});

export const readLanguage = reader<Language>({
  en: ["en", "english", "ingles"],
  es: ["es", "spanish", "espanol", "castellano"],
});
