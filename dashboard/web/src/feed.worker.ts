/**
 * The worker that owns the live socket, so that a busy page never delays noticing a loss.
 *
 * Opens the socket, says hello, watches for silence, opens it again after any fault, and hands frames to the page: at
 * most one batch an animation frame, alarms and answers at once.
 */

import { FeedFault, Intake, localNow, nextRetry, type FromWorker, type ToWorker } from "./feed";
import type { Hello } from "./protocol";

declare const self: DedicatedWorkerGlobalScope;

const FRAME_MS = 16;
const WATCH_MS = 100;

let url = "";
let hello: Hello;
let socket: WebSocket | null = null;
let intake = new Intake(0, 0);
let retryMs = 0;
let batchTimer: ReturnType<typeof setTimeout> | undefined;

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === "start") {
    ({ url, hello } = data);
    connect();
    setInterval(watch, WATCH_MS);
  } else if (data.type === "reconnect") {
    lose(data.why);
  } else if (socket?.readyState === WebSocket.OPEN && data.connection === intake.connection) {
    // What cannot be sent now is not kept: an act that arrives late could do harm, and a receipt would be about
    // another connection's numbers. The page sees the loss and says so.
    socket.send(JSON.stringify(data.frame));
  }
};

function connect(): void {
  const mine = new WebSocket(url);
  mine.binaryType = "arraybuffer";
  socket = mine;
  intake = new Intake(intake.connection + 1, localNow());
  mine.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    // Binary frames are waves; no kind of them is drawn yet.
    if (mine === socket && typeof data === "string") guard(() => receive(mine, data));
  };
  mine.onclose = ({ code, reason }) => {
    if (mine === socket) lose(reason || `connection closed (${code})`);
  };
}

function receive(from: WebSocket, text: string): void {
  const first = !intake.started;
  const urgent = intake.receive(text, localNow());
  if (first) {
    retryMs = 0;
    from.send(JSON.stringify(hello));
  }
  if (urgent) flush();
  else batchTimer ??= setTimeout(flush, FRAME_MS);
}

function flush(): void {
  clearTimeout(batchTimer);
  batchTimer = undefined;
  const batch = intake.drain();
  if (batch) post(batch);
}

function watch(): void {
  if (socket) guard(() => intake.watch(localNow()));
}

/** Runs `step`; a fault of the feed ends this connection. */
function guard(step: () => void): void {
  try {
    step();
  } catch (fault) {
    if (!(fault instanceof FeedFault)) throw fault;
    lose(fault.message);
  }
}

function lose(why: string): void {
  if (!socket) return;
  flush();
  const lost = socket;
  socket = null;
  lost.close();
  post({ type: "lost", why });
  retryMs = nextRetry(retryMs);
  setTimeout(connect, retryMs);
}

function post(message: FromWorker): void {
  self.postMessage(message);
}
