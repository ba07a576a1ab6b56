import { afterEach, expect, test, vi } from "vitest";

import { ANSWER_MS, ask } from "../src/detail/answers";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** A service that takes the question and never answers. */
function silence(): void {
  vi.stubGlobal("document", { baseURI: "http://clinic/" });
  vi.stubGlobal("fetch", (_: string, { signal }: { signal: AbortSignal }) =>
    new Promise((_, refuse) => signal.addEventListener("abort", () => refuse(signal.reason))));
}

test("a question that is never answered fails in the end, so that an old answer is not kept as the newest", async () => {
  const limit = new AbortController();
  const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(limit.signal);
  silence();
  const asked = ask("chairs/1/history", {}, new AbortController().signal);
  expect(timeout).toHaveBeenCalledWith(ANSWER_MS);
  limit.abort(new Error("no answer"));
  await expect(asked).rejects.toThrow("no answer");
});

test("a question that nobody waits for any more is dropped at once", async () => {
  silence();
  const gone = new AbortController();
  const asked = ask("chairs/1/history", {}, gone.signal);
  gone.abort(new Error("gone"));
  await expect(asked).rejects.toThrow("gone");
});
