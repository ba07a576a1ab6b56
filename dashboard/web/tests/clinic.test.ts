import { beforeEach, describe, expect, test } from "vitest";

import { timeOfDay } from "../src/ages";
import { Clinic, PictureFault } from "../src/clinic.svelte";
import { alarm, alarmFrame, batch, chair, snapshot, value } from "./frames";

let clinic: Clinic;
const spo2 = () => clinic.chair("1")?.values.get("spo2");
const state = () => clinic.chair("1")?.alarms.get("SPO2-LOW")?.state;

beforeEach(() => {
  clinic = new Clinic(0);
  clinic.apply(batch(1000, snapshot({ chairs: [{ ...chair({ values: [value({ age_s: 2 })] }), alarms: [] }] })));
});

describe("values", () => {
  test("of two in one batch the newest wins", () => {
    clinic.apply(
      batch(
        2000,
        { type: "vitals", seq: 2, now: 101, values: [value({ value: 96 })] },
        { type: "vitals", seq: 3, now: 101.25, values: [value({ value: 95 })] },
      ),
    );
    expect(spo2()).toMatchObject({ value: 95, sentAt: 101.25 });
  });

  test("age on between frames, and with every heartbeat", () => {
    clinic.tick(3000);
    expect(clinic.now).toBe(102);
    clinic.apply(batch(3000, { type: "heartbeat", seq: 2, now: 105 }));
    clinic.tick(3000);
    expect(clinic.now).toBe(105);
  });

  test("a chair frame replaces its values: none of the visit before stays", () => {
    clinic.apply(batch(2000, { type: "chair", seq: 2, now: 101, chair: chair({ phase: "preparation" }) }));
    expect(clinic.chair("1")?.info.phase).toBe("preparation");
    expect(spo2()).toBeUndefined();
  });
});

describe("alarms", () => {
  test("begin, change and end by their frames", () => {
    clinic.apply(batch(2000, alarmFrame(2, 101, {})));
    expect(state()).toBe("active");
    clinic.apply(batch(2100, alarmFrame(3, 101.1, { state: "acknowledged" })));
    expect(state()).toBe("acknowledged");
    clinic.apply(batch(2200, alarmFrame(4, 101.2, { state: "idle" })));
    expect(state()).toBeUndefined();
  });

  test("a chair frame leaves them as they are", () => {
    clinic.apply(batch(2000, alarmFrame(2, 101, {}), { type: "chair", seq: 3, now: 101, chair: chair() }));
    expect(state()).toBe("active");
  });

  test("a new text is taken", () => {
    const texts = [alarm({ text: "SpO2 low 84 < 90" })];
    clinic.apply(batch(2000, alarmFrame(2, 101, {}), { type: "alarms", seq: 3, now: 102, alarms: texts }));
    expect(clinic.chair("1")?.alarms.get("SPO2-LOW")?.text).toBe("SpO2 low 84 < 90");
  });

  test("an older text that the end has overtaken does not bring the alarm back", () => {
    clinic.apply(
      batch(2000, alarmFrame(2, 101, {}), alarmFrame(3, 103, { state: "idle" }), {
        type: "alarms",
        seq: 4,
        now: 102,
        alarms: [alarm()],
      }),
    );
    expect(state()).toBeUndefined();
  });

  test("the clock does not go back when an alarm has overtaken values", () => {
    clinic.apply(batch(2000, alarmFrame(2, 103, {}), { type: "vitals", seq: 3, now: 102, values: [] }));
    clinic.tick(2000);
    expect(clinic.now).toBe(103);
  });

  test("the list over all chairs leaves out pending and masked ones", () => {
    clinic.apply(
      batch(
        2000,
        alarmFrame(2, 101, {}),
        alarmFrame(3, 101, { condition: "HR-HIGH", state: "pending" }),
        alarmFrame(4, 101, { condition: "BP-HIGH", masked: true }),
      ),
    );
    expect(clinic.listed.map((entry) => entry.alarm.condition)).toEqual(["SPO2-LOW"]);
  });
});

describe("a snapshot", () => {
  test("replaces everything", () => {
    clinic.apply(batch(2000, alarmFrame(2, 101, {})));
    clinic.apply(batch(3000, snapshot({ now: 5, chairs: [{ ...chair({ id: "2", label: "2" }), alarms: [alarm()] }] })));
    expect(clinic.chair("1")).toBeUndefined();
    expect(clinic.chairs).toHaveLength(1);
    expect(clinic.chair("2")?.alarms.size).toBe(1);
    expect(clinic.now).toBe(5);
  });

  describe("keeps the half hour of SpO2 that the page has heard", () => {
    const spark = () => clinic.chair("1")?.spark.path(160, 80, 100);
    const next = (now: number, heardMs: number, visit_age_s = 3600, id = "1", speed = 1) =>
      clinic.apply(batch(heardMs, snapshot({ now, speed, chairs: [{ ...chair({ id, visit_age_s }), alarms: [] }] })));

    test("for the same patient, also over a short loss", () => {
      const before = spark();
      expect(before).not.toBe("");
      clinic.lose("connection closed");
      next(160, 61_000);
      expect(spark()).toBe(before);
      expect(spo2()).toBeUndefined(); // and no number of before
    });
    test("but not for one who came meanwhile", () => {
      next(160, 61_000, 30);
      expect(spark()).toBe("");
    });
    test("but not on another clock, on which old values would look new", () => {
      next(170, 61_000);
      expect(spark()).toBe("");
    });
    test("but not at another speed", () => {
      next(160, 61_000, 3600, "1", 2);
      expect(spark()).toBe("");
    });
    test("but not at another chair", () => {
      next(160, 61_000, 3600, "2");
      expect(clinic.chair("2")?.spark.path(160, 80, 100)).toBe("");
    });
  });

  test("ends the loss", () => {
    clinic.lose("connection closed");
    expect(clinic.lost).toBe(true);
    clinic.apply(batch(2000, snapshot()));
    expect(clinic.lost).toBe(false);
  });
});

describe("loss", () => {
  test("silence alone is a loss, whatever the worker says", () => {
    clinic.tick(3500);
    expect(clinic.lost).toBe(false);
    clinic.tick(3501);
    expect(clinic.lost).toBe(true);
  });

  test("no first snapshot is a loss too", () => {
    const fresh = new Clinic(0);
    fresh.tick(2600);
    expect(fresh.lost).toBe(true);
    expect(fresh.wall).toBeNull();
  });

  test("the time of day is the server's", () => {
    clinic.tick(61_000);
    expect(clinic.wall?.toISOString()).toBe("2026-03-01T14:03:00.000Z");
  });
});

test("a frame about an unknown chair shows that the picture is wrong", () => {
  expect(() => clinic.apply(batch(2000, alarmFrame(2, 101, { chair: "9" })))).toThrow(PictureFault);
});

test("a chair is found by its label or the number in it", () => {
  const chairs = [chair({ id: "a", label: "Chair 2" }), chair({ id: "b", label: "12" })];
  clinic.apply(batch(2000, snapshot({ chairs: chairs.map((info) => ({ ...info, alarms: [] })) })));
  expect(clinic.chairNumbered("2")?.info.id).toBe("a");
  expect(clinic.chairNumbered("12")?.info.id).toBe("b");
  expect(clinic.chairNumbered("1")).toBeUndefined();
});

describe("alarms of the clinic as a whole", () => {
  const flood = { chair: "", condition: "T-FLOOD", priority: "low", text: "Alarm flood" } as const;

  test("stand in the alarm bar under the clinic's name and on no tile", () => {
    clinic.apply(batch(2000, alarmFrame(2, 101, flood)));
    expect(clinic.listed.map(({ chair, alarm }) => [chair.info.label, alarm.condition])).toEqual([["Clinic", "T-FLOOD"]]);
    expect(clinic.chairs.map(({ info }) => info.id)).toEqual(["1"]);
  });

  test("come with the snapshot, and end", () => {
    clinic.apply(batch(2000, snapshot({ clinic_alarms: [alarm(flood)] })));
    expect(clinic.listed).toHaveLength(1);
    clinic.apply(batch(3000, alarmFrame(2, 102, { ...flood, state: "idle" })));
    expect(clinic.listed).toHaveLength(0);
  });
});

describe("a reminder that something is kept quiet", () => {
  const remind = (heardMs: number) =>
    clinic.apply(batch(heardMs, { type: "reminder", seq: 2, now: 101, chair: "1", text: "HR high put aside", heard: true }));

  test("names its chair, and goes after ten seconds", () => {
    remind(2000);
    expect(clinic.reminder).toBe("Chair 1: HR high put aside");
    clinic.tick(11_999);
    expect(clinic.reminder).not.toBe("");
    clinic.tick(12_000);
    expect(clinic.reminder).toBe("");
  });

  test("about a chair that there is not is a fault", () => {
    const frame = { type: "reminder", seq: 2, now: 101, chair: "9", text: "", heard: true } as const;
    expect(() => clinic.apply(batch(2000, frame))).toThrow(PictureFault);
  });
});

test("a page of another version than the service's knows it, and only that", () => {
  expect(clinic.isOutdated).toBe(false);
  clinic.apply(batch(2000, snapshot({ version: "0" })));
  expect(clinic.isOutdated).toBe(false);
  clinic.apply(batch(3000, snapshot({ version: "1" })));
  expect(clinic.isOutdated).toBe(true);
});

test("a time of day is the service's, also when its seconds pass faster than real ones", () => {
  const wall = "2026-03-01T14:02:00Z";
  clinic.apply(batch(2000, snapshot({ wall, speed: 10 })));
  expect(clinic.timeAgo(600)).toBe(timeOfDay(new Date(wall), 60));
});
