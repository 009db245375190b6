import type { AuditLine } from "@mochila/shared/admin/school.ts";
import { afterEach, expect, it } from "vitest";
import { chooseLanguage } from "../i18n/language.ts";
import { detailWords } from "./audit-details.ts";

afterEach(() => chooseLanguage("en"));

const now = Date.UTC(2026, 5, 1);
const words = (action: string, details: AuditLine["details"], more: Partial<AuditLine> = {}): string => detailWords({ id: "1", at: now, action, from: "person", by: "A", about: "B", byEmail: null, aboutEmail: null, course: null, file: null, setting: null, details, ...more }, now).join(" · ");

it("AU4 says what stands in an entry in plain words, in both languages, and leaves out what it does not know", () => {
  const course = { en: "Knots", es: "Nudos" };
  const cases: [string, AuditLine["details"], Partial<AuditLine>, string, string][] = [
    ["person.act", { reason: "cannot find a task", session: "x" }, {}, "Reason: cannot find a task", "Motivo: cannot find a task"],
    ["person.role", { from: "student", to: "instructor" }, {}, "Student → Instructor", "Estudiante → Docente"],
    ["member.add", { course: "id", role: "assistant", import: "id", file: "class.csv", line: 7 }, { course, file: "class.csv" }, "Course: Knots · Assistant · File: class.csv · Line 7", "Curso: Nudos · Asistente · Archivo: class.csv · Línea 7"],
    ["people.import-done", { lines: 40, problems: 2, accounts: 38, kept: 0, file: "class.csv" }, { file: "class.csv" }, "File: class.csv · New accounts: 38 · Wrong lines: 2", "Archivo: class.csv · Cuentas nuevas: 38 · Líneas con errores: 2"],
    ["people.import-undone", { accounts: 30, courseEnds: 4, kept: 2, problems: 2 }, { file: "class.csv" }, "File: class.csv · Accounts removed: 30 · Ends of places in a course as before: 4 · Left as they are: 2", "Archivo: class.csv · Cuentas eliminadas: 30 · Fechas de fin en un curso como antes: 4 · Se quedan como están: 2"],
    ["sign-in", { device: "Firefox on Linux", factor: "totp" }, {}, "with a code of an app · Firefox on Linux", "con un código de una aplicación · Firefox on Linux"],
    ["sign-in", { device: "Firefox on Linux", factor: "none" }, {}, "Firefox on Linux", "Firefox on Linux"],
    ["sign-in.refused", { what: "password", tries: 4, unlisted: 0 }, {}, "wrong password · 4 tries in a row", "contraseña equivocada · 4 intentos seguidos"],
    ["setting.change", { from: "closed", to: "open" }, { setting: "signUp" }, "Who can make an account · Only staff make accounts → Everybody with an email", "Quién puede crear una cuenta · Solo el personal crea cuentas → Cualquiera con un correo"],
    ["course.import", { folder: "rain", isNew: true, modules: 7, pages: 1, by: "command line" }, { course, from: "command-line", by: null }, "Course: Knots · Folder: rain · new course · 7 modules · 1 page", "Curso: Nudos · Carpeta: rain · curso nuevo · 7 módulos · 1 página"],
    ["member.add", { course: "id", role: "student", by: "command line" }, { course, from: "command-line", by: null }, "Course: Knots · Student", "Curso: Nudos · Estudiante"],
    ["course.copy", { from: "0198c0de-0000-7000-8000-000000000001" }, { course }, "Course: Knots", "Curso: Nudos"],
    ["course.state", { from: "published", to: "archived" }, { course }, "Course: Knots · shown → archived", "Curso: Nudos · visible → archivado"],
    ["person.invite", { byHand: true, hasOwnProperty: "x", mystery: 3, price: { amount: 3 } }, {}, "link handed on", "enlace entregado a mano"],
  ];
  for (const [action, details, more, english, spanish] of cases) {
    chooseLanguage("en");
    expect(words(action, details, more)).toBe(english);
    chooseLanguage("es");
    expect(words(action, details, more)).toBe(spanish);
  }
});
