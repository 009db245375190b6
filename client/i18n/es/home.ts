import type { home as english } from "../en/home.ts";
import type { Translated } from "../translated.ts";

export const home: Translated<typeof english> = {
  morning: "Buenos días, {name}",
  afternoon: "Buenas tardes, {name}",
  evening: "Buenas noches, {name}",
  inARow: { one: "{count} día seguido.", other: "{count} días seguidos." },
  daysThisWeek: { one: "{count} día esta semana", other: "{count} días esta semana" },
  continueWhere: "Continúa donde estabas",
  continueNext: "Tu próxima página",
  continue: "Continuar",
  begin: "Empezar",
  pageOf: "página\u00a0{number}\u00a0de\u00a0{of}",
  minutesLeft: { one: "queda\u00a0{count}\u00a0min", other: "quedan\u00a0unos\u00a0{count}\u00a0min" },
  pageProgress: "Avance en esta página",
  bookmarks: "Marcadores",
  lately: "Hace poco",
  downloads: "Todo sobre las descargas",
  here: "Los textos están todos aquí. Las imágenes y los archivos ocupan {size}.",
  firstSync: "Trayendo tus cursos a este dispositivo…",
  noCoursesTitle: "Todavía no hay cursos",
  noCourses: "Cuando tu escuela te agregue a un curso, aparecerá aquí y quedará en este dispositivo.",
  installTitle: "Pon Mochila en tu pantalla de inicio",
  install: "Se abre como una aplicación, también sin conexión.",
  installYes: "Instalar",
  installNo: "Ahora no",
  noCoursesYet: "Aún no estás en ningún curso.",
};
