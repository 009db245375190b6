import { createSignal } from "solid-js";
import { render } from "solid-js/web";
import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { App } from "./app.tsx";
import type { AppParts, InstallControl } from "./app-parts.ts";
import { DeviceDatabase, storageWasCleared } from "./db/device.ts";
import { openPersonSpace } from "./person-space.ts";
import { StorageBlocked } from "./storage-blocked.tsx";
import { makeUpdateControl } from "./update.ts";
import { openSession } from "./users/session.ts";

/** Chromium offers installation by an event that must be kept until somebody asks. */
interface InstallOffer extends Event {
  prompt(): Promise<void>;
}

function makeInstallControl(): InstallControl {
  const [offer, setOffer] = createSignal<InstallOffer | null>(null);
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    setOffer(event as InstallOffer);
  });
  window.addEventListener("appinstalled", () => setOffer(null));
  return {
    available: () => offer() !== null,
    ask: async () => {
      await offer()?.prompt();
      setOffer(null);
    },
  };
}

async function makeParts(): Promise<AppParts> {
  const clock = systemClock;
  const device = new DeviceDatabase();
  await device.open();
  const [session, cleared] = await Promise.all([openSession({ device, clock, random: systemRandom }), storageWasCleared(device)]);
  return {
    session,
    cleared,
    update: makeUpdateControl(),
    install: makeInstallControl(),
    openPerson: (user, onNewer) => openPersonSpace({ user, onNewer, clock, random: systemRandom, token: session.token, session: session.state }),
  };
}

const root = document.getElementById("app");
if (root) {
  makeParts().then(
    (parts) => render(() => <App parts={parts} />, root),
    (error: unknown) => {
      console.error(error);
      render(() => <StorageBlocked />, root);
    },
  );
}
