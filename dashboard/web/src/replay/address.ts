/** The addresses of a replay: `/replay/?from=2026-11-22T10:40&until=…&chairs=1,2&speed=8`. Pure. */

/** The socket that belongs to the address of a replay's page; it takes the same query. */
export function replaySocket(page: string): string {
  const url = new URL("../ws/replay", page);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.search = new URL(page).search;
  url.hash = "";
  return url.href;
}

/** The address of the same replay from another moment on, at this speed. */
export function jumped(page: string, moment: Date, seconds: number, speed: number): string {
  const url = new URL(page);
  url.searchParams.set("from", String(Math.round(moment.getTime() / 1000 + seconds)));
  url.searchParams.set("speed", String(speed));
  return url.href;
}
