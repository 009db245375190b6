import type { ManifestOptions } from "vite-plugin-pwa";

const icon = (name: string, size: number, purpose: "any" | "maskable") => ({ src: `/icons/${name}-${size}.png`, sizes: `${size}x${size}`, type: "image/png", purpose });

/** What the system needs to install the app. Shortcut names are in Spanish and English at once: a manifest has one language. */
export const manifest: Partial<ManifestOptions> = {
  id: "/",
  name: "Mochila",
  short_name: "Mochila",
  description: "Courses that live on your device. Cursos que viven en tu dispositivo.",
  lang: "en",
  dir: "ltr",
  start_url: "/",
  scope: "/",
  display: "standalone",
  theme_color: "#004e4f",
  background_color: "#fdfbf7",
  categories: ["education"],
  icons: [icon("icon", 192, "any"), icon("icon", 512, "any"), icon("maskable", 192, "maskable"), icon("maskable", 512, "maskable")],
  shortcuts: [
    { name: "Outbox · Por enviar", short_name: "Outbox", url: "/outbox", icons: [{ src: "/icons/icon-192.png", sizes: "192x192" }] },
    { name: "Downloads · Descargas", short_name: "Downloads", url: "/storage", icons: [{ src: "/icons/icon-192.png", sizes: "192x192" }] },
  ],
};
