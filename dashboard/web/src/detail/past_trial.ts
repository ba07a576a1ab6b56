/** Trying a limit on the record: `/api/v1/record/backtest`, types as in src/vitalwatch/web/trials.py and replay/in_child.py. */

export interface PastAlarm {
  chair: string;
  condition: string;
  /** ISO 8601. */
  time: string;
  text: string;
}

export interface PastChange {
  chair: string;
  condition: string;
  time: string;
  later_s: number;
}

interface Listed<Each> {
  count: number;
  /** The newest of them. */
  alarms: Each[];
}

export interface PastResult {
  difference: {
    vanish: Listed<PastAlarm>;
    appear: Listed<PastAlarm>;
    later: Listed<PastChange>;
    earlier: Listed<PastChange>;
    same: number;
  };
  missed: unknown[];
}

export interface PastTrialView {
  id: number;
  state: "running" | "done" | "failed" | "cancelled";
  /** The part that is played, 0 to 1. */
  done: number;
  error: string;
  result: PastResult | null;
}

const PLACE = "api/v1/record/backtest";

/** Asks the service; throws what it says against it, for people. */
async function asked(path: string, init?: RequestInit): Promise<PastTrialView> {
  const answer = await fetch(path, init);
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return (await answer.json()) as PastTrialView;
}

export const start = (key: string, value: number, days: number): Promise<PastTrialView> =>
  asked(PLACE, { method: "POST", body: JSON.stringify({ key, value, days }) });
export const look = (id: number): Promise<PastTrialView> => asked(`${PLACE}/${id}`);
export const cancel = (id: number): Promise<PastTrialView> => asked(`${PLACE}/${id}`, { method: "DELETE" });
