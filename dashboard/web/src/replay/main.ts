/** The page of the past. Wiring only: it has a socket of its own, no sound, no acts, and is no screen to the service. */

import { flushSync, mount } from "svelte";

import "../app.css";
import { Clinic } from "../clinic.svelte";
import { localNow, type FromWorker, type ToWorker } from "../feed";
import { flash } from "../flash";
import { introduce } from "../screen";
import { replaySocket } from "./address";
import Replay from "./Replay.svelte";

const TICK_MS = 250;

const worker = new Worker(new URL("../feed.worker.ts", import.meta.url), { type: "module" });
const tell = (message: ToWorker) => worker.postMessage(message);
const clinic = new Clinic(localNow());
let connection = 0;

function fail(why: string): void {
  clinic.lose(why);
  tell({ type: "reconnect", why });
}

worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
  if (data.type === "lost") {
    clinic.lose(data.why);
    return;
  }
  connection = data.connection;
  try {
    clinic.apply(data);
    if (data.frames.some(({ type }) => type === "snapshot")) clinic.tick(localNow());
    flushSync();
  } catch (fault) {
    fail(String(fault));
  }
};
worker.onerror = ({ message }) => fail(message);

flash(document.documentElement);
mount(Replay, {
  target: document.getElementById("app") as HTMLElement,
  props: { clinic, play: (wish: { speed?: number; paused?: boolean }) => tell({ type: "send", connection, frame: { type: "play", ...wish } }) },
});
setInterval(() => clinic.tick(localNow()), TICK_MS);
tell({ type: "start", url: replaySocket(location.href), hello: introduce(localStorage, "") });
