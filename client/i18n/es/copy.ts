import type { copy as english } from "../en/copy.ts";
import type { Translated } from "../translated.ts";

export const copy: Translated<typeof english> = {
  title: "Copiar el curso",
  text: "Sus módulos, páginas e imágenes pasan a un curso nuevo, como borrador. No se copian las personas ni lo que hicieron.",
  titleIn: "Título en {language}",
  instructor: "Correo de quien enseña la copia",
  begin: "Copiar",
  running: "{done} de {total} partes",
  leaveOpen: "Puedes cerrar esto; el trabajo sigue y el curso aparece cuando está completo.",
  done: "La copia ya está.",
  coming: "La copia está hecha y de camino a este dispositivo.",
  failed: "Este curso no se puede copiar. Mira si cada una de sus páginas se abre en el editor.",
  titleMissing: "Un curso necesita un título.",
  nobody: "Nadie aquí tiene este correo.",
  other: "No funcionó. Vuelve a intentarlo en un momento.",
};
