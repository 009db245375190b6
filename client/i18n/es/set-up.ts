import type { setUp as english } from "../en/set-up.ts";
import type { Translated } from "../translated.ts";

export const setUp: Translated<typeof english> = {
  title: "Abre tu escuela",
  intro: "Eres la primera persona aquí. Esta cuenta cuida de las personas y los cursos.",
  make: "Crear la cuenta de administración",
  used: "Este enlace ya se usó o no está completo. Inicia el servidor otra vez para obtener uno nuevo.",
  passwordHint: "Al menos {count} caracteres. Unas cuantas palabras seguidas son fáciles de recordar.",
  passwordShort: { one: "La contraseña necesita al menos {count} carácter.", other: "La contraseña necesita al menos {count} caracteres." },
};
