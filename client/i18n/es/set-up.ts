import type { setUp as english } from "../en/set-up.ts";
import type { Translated } from "../translated.ts";

export const setUp: Translated<typeof english> = {
  title: "Abre tu escuela",
  intro: "Eres la primera persona aquí. Esta cuenta cuida de las personas y los cursos.",
  make: "Crear la cuenta de administración",
  already: "Esta escuela ya está abierta: alguien la administra. Entra con tu cuenta. Si ya nadie puede entrar, quien lleva la máquina ayuda con «npm run mochila -- reset-password».",
  used: "Este enlace ya se usó o no está completo. Inicia el servidor otra vez para obtener uno nuevo, o ejecuta «npm run mochila -- set-up-link».",
};
