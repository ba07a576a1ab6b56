import { expect, test } from "vitest";

import { ASK_AGAIN_MS, WakeLock, type Locks } from "../../src/liveness/wake_lock.svelte";

/** A browser that grants the lock or not, and can take it back. */
class Browser implements Locks {
  asked = 0;
  grants = true;
  release = () => {};
  request(): ReturnType<Locks["request"]> {
    this.asked += 1;
    if (!this.grants) return Promise.reject(new DOMException("no", "NotAllowedError"));
    return Promise.resolve({ addEventListener: (_, listener) => void (this.release = listener) });
  }
}
const settled = () => new Promise((done) => setTimeout(done));

test("the lock is asked for when the page is visible, and once it is held not again", async () => {
  const browser = new Browser();
  const lock = new WakeLock(browser);
  lock.look(false, 0);
  expect(browser.asked).toBe(0);
  lock.look(true, 0);
  await settled();
  lock.look(true, 10 * ASK_AGAIN_MS);
  expect([browser.asked, lock.state]).toEqual([1, "held"]);
});

test("a hidden page loses it, and asks at once when it is seen again", async () => {
  const browser = new Browser();
  const lock = new WakeLock(browser);
  lock.look(true, 0);
  await settled();
  browser.release();
  expect(lock.keepsAwake).toBe(true); // hidden is told by itself
  lock.look(false, 100);
  lock.look(true, 200);
  await settled();
  expect([browser.asked, lock.state]).toEqual([2, "held"]);
});

test("a refusal is known, and asked about again after a while", async () => {
  const browser = new Browser();
  browser.grants = false;
  const lock = new WakeLock(browser);
  lock.look(true, 0);
  await settled();
  expect([lock.state, lock.keepsAwake]).toEqual(["refused", false]);
  lock.look(true, ASK_AGAIN_MS - 1);
  expect(browser.asked).toBe(1);
  browser.grants = true;
  lock.look(true, ASK_AGAIN_MS);
  await settled();
  expect(lock.state).toBe("held");
});

test("a browser without the function is told apart from one that refuses", () => {
  const lock = new WakeLock(undefined);
  expect([lock.state, lock.keepsAwake]).toEqual(["missing", false]);
});
