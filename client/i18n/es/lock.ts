import type { lock as english } from "../en/lock.ts";
import type { Translated } from "../translated.ts";

export const lock: Translated<typeof english> = {
  pin: "PIN",
  pinHint: "De 4 a 8 cifras",
  pictures: "Tus dibujos",
  chosen: { one: "{count} dibujo elegido", other: "{count} dibujos elegidos" },
  again: "Empezar de nuevo",
  open: "Abrir",
  wrong: "No era eso. Inténtalo otra vez.",
  wait: "Inténtalo de nuevo en {time}",
  forgotten: "¿Lo olvidaste? Entra con la contraseña",
  others: "Otra persona",
  picture_sun: "Sol",
  picture_moon: "Luna",
  picture_star: "Estrella",
  picture_cat: "Gato",
  picture_fish: "Pez",
  picture_bird: "Pájaro",
  picture_flower: "Flor",
  picture_tree: "Árbol",
  picture_house: "Casa",
  picture_boat: "Barco",
  picture_apple: "Manzana",
  picture_ball: "Pelota",
};
