/**
 * The worker that owns the live socket, so that a busy page never delays noticing a loss.
 *
 * Opens the socket, says hello, watches for silence, opens it again after any fault, and hands frames to the page: at
 * most one batch an animation frame, alarms and answers at once.
 */

import { FeedFault, Intake, localNow, nextRetry, type FromWorker, type ToWorker } from "./feed";
import type { Hello, PageFrame } from "./protocol";
import { readWaves } from "./waves/frame";
import type { FromFeed, ToFeed } from "./waves/messages";

declare const self: DedicatedWorkerGlobalScope;

const FRAME_MS = 16;
const WATCH_MS = 100;

let url = "";
let hello: Hello;
let socket: WebSocket | null = null;
let intake = new Intake(0, 0);
let retryMs = 0;
/** When the connection brought its snapshot. */
let liveFromMs = 0;
let batchTimer: ReturnType<typeof setTimeout> | undefined;
/** Where waves go, past the page. */
let waves: MessagePort | null = null;
let wavesOn = false;
/** Chair ids in the order of the newest snapshot, by which waves name them. */
let chairs: string[] = [];

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === "start") {
    ({ url, hello } = data);
    connect();
    setInterval(watch, WATCH_MS);
  } else if (data.type === "reconnect") {
    lose(data.why);
  } else if (data.type === "waves") {
    waves = data.port;
    waves.onmessage = ({ data }: MessageEvent<ToFeed>) => {
      wavesOn = data.on;
      if (intake.started) say({ type: "waves", on: wavesOn });
    };
  } else if (data.connection === intake.connection) {
    // What cannot be sent now is not kept: an act that arrives late could do harm, and a receipt would be about
    // another connection's numbers. The page sees the loss and says so.
    say(data.frame);
  }
};

function say(frame: PageFrame): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}

function connect(): void {
  const mine = new WebSocket(url);
  mine.binaryType = "arraybuffer";
  socket = mine;
  intake = new Intake(intake.connection + 1, localNow());
  mine.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    if (mine === socket) guard(() => (typeof data === "string" ? receive(data) : pass(data)));
  };
  mine.onclose = ({ code, reason }) => {
    if (mine === socket) lose(reason || `connection closed (${code})`);
  };
}

function receive(text: string): void {
  const first = !intake.started;
  const urgent = intake.receive(text, localNow());
  if (first) {
    liveFromMs = localNow();
    say(hello);
    if (wavesOn) say({ type: "waves", on: true });
  }
  if (urgent) flush();
  else batchTimer ??= setTimeout(flush, FRAME_MS);
}

/** Hands a binary frame on to where it is drawn. */
function pass(frame: ArrayBuffer): void {
  const blocks = readWaves(frame, chairs);
  if (blocks.length > 0) waves?.postMessage({ type: "waves", blocks, heardMs: localNow() } satisfies FromFeed, [frame]);
}

function flush(): void {
  clearTimeout(batchTimer);
  batchTimer = undefined;
  const batch = intake.drain();
  if (!batch) return;
  for (const frame of batch.frames) {
    if (frame.type !== "snapshot") continue;
    chairs = frame.chairs.map(({ id }) => id);
    waves?.postMessage({ type: "begin", speed: frame.speed } satisfies FromFeed);
  }
  post(batch);
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
  retryMs = nextRetry(retryMs, intake.started ? localNow() - liveFromMs : 0);
  setTimeout(connect, retryMs);
}

function post(message: FromWorker): void {
  self.postMessage(message);
}
