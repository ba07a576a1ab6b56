/** Wiring only: the worker's batches into the picture, the page's sound, and its acts and receipts back. */

import { flushSync, mount } from "svelte";

import "./app.css";
import { Actor, Acts } from "./acts.svelte";
import { Announcer } from "./announcer.svelte";
import App from "./App.svelte";
import { Clinic, PictureFault } from "./clinic.svelte";
import { localNow, type Batch, type FromWorker, type ToWorker } from "./feed";
import { flash } from "./flash";
import { missing } from "./liveness/missing";
import { Presence } from "./liveness/presence";
import { WakeLock } from "./liveness/wake_lock.svelte";
import type { PageFrame } from "./protocol";
import { afterPaint, Receipts } from "./receipts";
import { introduce, socketUrl } from "./screen";
import { Choices } from "./sound/choices";
import { makePlayer } from "./sound/player";
import { Sound } from "./sound/sound.svelte";
import { startSweeps } from "./waves/start";

/** How often ages move on, and the sound is looked after. */
const TICK_MS = 250;
/** Frames of which the ages and the sound can wait for the next tick. */
const PATIENT: ReadonlySet<string> = new Set(["vitals", "alarms", "heartbeat"]);

const worker = new Worker(new URL("./feed.worker.ts", import.meta.url), { type: "module" });
const tell = (message: ToWorker) => worker.postMessage(message);
let connection = 0;
const send = (frame: PageFrame) => tell({ type: "send", connection, frame });

const clinic = new Clinic(localNow());
const acts = new Acts(new Actor(localStorage), send);
const announcer = new Announcer();
const receipts = new Receipts((connection, frame) => tell({ type: "send", connection, frame }), afterPaint);
const hello = introduce(localStorage, location.search);
const choices = new Choices(localStorage, hello.kind === "kiosk" ? "room" : "desk");
const sound = new Sound(hello.screen, makePlayer(localNow), choices, () => new Date().toDateString());
const wakeLock = new WakeLock("wakeLock" in navigator ? navigator.wakeLock : undefined);
const presence = new Presence(send);

let lookedMs = -Infinity;

/** Moves everything on that time moves on. */
function look(): void {
  const nowMs = localNow();
  lookedMs = nowMs;
  const visible = document.visibilityState === "visible";
  clinic.tick(nowMs);
  sound.look(clinic, nowMs);
  wakeLock.look(visible, nowMs);
  presence.tell(connection, { type: "state", sound: sound.state, visible, awake: wakeLock.keepsAwake });
}

function take(batch: Batch): void {
  connection = batch.connection;
  try {
    clinic.apply(batch);
    // A batch that brings more than numbers does not wait for the tick; and the browser slows the ticks of a hidden page.
    const isLate = localNow() - lookedMs > TICK_MS;
    if (isLate || batch.frames.some(({ type }) => !PATIENT.has(type))) look();
    for (const frame of batch.frames) {
      if (frame.type === "reply") acts.answer(frame);
      sound.hear(frame, clinic);
    }
    announcer.look(clinic.listed);
    flushSync(); // the receipt below is for what has been drawn, so draw it now
  } catch (fault) {
    if (!(fault instanceof PictureFault)) reportError(fault);
    fail(String(fault));
    return;
  }
  receipts.drawn(batch);
}

function lose(why: string): void {
  clinic.lose(why);
  acts.lose();
  look();
}

/** What is on the glass, or what comes from the worker, may be wrong: say so, and begin anew with a snapshot. */
function fail(why: string): void {
  lose(why);
  tell({ type: "reconnect", why });
}

worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
  if (data.type === "batch") take(data);
  else lose(data.why);
};
worker.onerror = ({ message }) => fail(message);
startSweeps((port) => worker.postMessage({ type: "waves", port } satisfies ToWorker, [port]));
document.addEventListener("visibilitychange", look);
// Not on the first touch but when it is over: the bar that goes away then moves nothing from under the finger.
for (const touch of ["click", "keydown"]) addEventListener(touch, () => sound.wake(), { capture: true });

flash(document.documentElement);
mount(App, { target: document.getElementById("app") as HTMLElement, props: { clinic, acts, announcer, sound, wakeLock, screen: hello.screen, missing: isSecureContext ? [] : missing(window) } });
setInterval(look, TICK_MS);
tell({ type: "start", url: socketUrl(document.baseURI), hello });
