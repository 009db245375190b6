import type { firstSteps as english } from "../en/first-steps.ts";
import type { Translated } from "../translated.ts";

export const firstSteps: Translated<typeof english> = {
  title: "Primeros pasos de tu escuela",
  course: "Empieza un curso",
  courseHint: "Basta un título; solo quien enseña lo ve hasta que lo publiques.",
  people: "Trae a quienes enseñan y estudian",
  peopleHint: "Todos a la vez desde una tabla, también al curso. Antes ves lo que haría.",
  enrol: "Mira quién está en el curso",
  enrolHint: "Añade a quien falte, o muestra un código a la clase.",
  publish: "Escribe una página y publica el curso",
  publishHint: "Desde entonces su alumnado lo tiene, también sin conexión.",
};
