/** What was done, in words. */

import { words } from "../words";
import type { Deed } from "./answers";

type What = Pick<Deed, "kind" | "text">;

/** With what it was about, for a list. */
export function deedText({ kind, text }: What): string {
  const own = words.past.deeds[kind];
  return own ? `${own}: ${text}` : words.detail.mark(kind, text);
}

/** For a mark on a curve. */
export function deedShort({ kind, text }: What): string {
  return words.past.deeds[kind] ?? words.detail.markShort(kind, text);
}
