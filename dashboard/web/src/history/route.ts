/** The address of the history: `#history`, `#history?chair=3`, `#history?view=burden`. Pure. */

export type Page = "chair" | "burden";

export interface Route {
  page: Page;
  /** Empty when the address names none. */
  chair: string;
  /** Seconds since 1970; null when the address names no time. */
  from: number | null;
  until: number | null;
}

const NAME = "#history";

/** What an address asks for; null when it is not the history's. */
export function routeOf(hash: string): Route | null {
  const [name, query = ""] = hash.split("?");
  if (name !== NAME) return null;
  const asked = new URLSearchParams(query);
  const time = (key: string) => {
    const number = Number(asked.get(key) ?? NaN);
    return Number.isFinite(number) && number > 0 ? number : null;
  };
  const page = asked.get("view") === "burden" ? "burden" : "chair";
  return { page, chair: asked.get("chair") ?? "", from: time("from"), until: time("until") };
}

/** The address of a route. */
export function hashOf({ page, chair, from, until }: Partial<Route>): string {
  const asked = new URLSearchParams();
  if (page === "burden") asked.set("view", page);
  if (chair) asked.set("chair", chair);
  if (from && until) {
    asked.set("from", String(Math.round(from)));
    asked.set("until", String(Math.round(until)));
  }
  const query = asked.toString();
  return query ? `${NAME}?${query}` : NAME;
}
