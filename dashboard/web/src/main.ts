/** Wiring only: the worker's batches into the picture, the page's acts and receipts back. */

import { flushSync, mount } from "svelte";

import "./app.css";
import { Actor, Acts } from "./acts.svelte";
import { Announcer } from "./announcer.svelte";
import App from "./App.svelte";
import { Clinic, PictureFault } from "./clinic.svelte";
import { localNow, type Batch, type FromWorker, type ToWorker } from "./feed";
import { lockFlashes } from "./flash";
import type { PageFrame } from "./protocol";
import { afterPaint, Receipts } from "./receipts";
import { introduce, socketUrl } from "./screen";

/** How often ages move on. */
const TICK_MS = 250;

const worker = new Worker(new URL("./feed.worker.ts", import.meta.url), { type: "module" });
const tell = (message: ToWorker) => worker.postMessage(message);
let connection = 0;
const send = (frame: PageFrame) => tell({ type: "send", connection, frame });

const clinic = new Clinic(localNow());
const acts = new Acts(new Actor(localStorage), send);
const announcer = new Announcer();
const receipts = new Receipts((connection, frame) => tell({ type: "send", connection, frame }), afterPaint, localNow);

function take(batch: Batch): void {
  connection = batch.connection;
  try {
    clinic.apply(batch);
  } catch (fault) {
    if (!(fault instanceof PictureFault)) throw fault;
    tell({ type: "reconnect", why: fault.message });
    return;
  }
  for (const frame of batch.frames) if (frame.type === "reply") acts.answer(frame);
  announcer.look(clinic.listed);
  flushSync(); // the receipt below is for what has been drawn, so draw it now
  receipts.drawn(batch);
}

worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
  if (data.type === "batch") take(data);
  else {
    clinic.lose(data.why);
    acts.lose();
  }
};
worker.onerror = ({ message }) => clinic.lose(message);

lockFlashes(document);
mount(App, { target: document.getElementById("app") as HTMLElement, props: { clinic, acts, announcer } });
setInterval(() => clinic.tick(localNow()), TICK_MS);
tell({ type: "start", url: socketUrl(document.baseURI), hello: introduce(localStorage, location.search) });
