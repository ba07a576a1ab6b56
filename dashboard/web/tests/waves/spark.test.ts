/** Half an hour of SpO2 in a corner. */

import { describe, expect, test } from "vitest";

import { ChairPicture } from "../../src/clinic.svelte";
import { POINT_S, SPAN_S, Spark } from "../../src/waves/spark";
import { chair, value } from "../frames";

const lines = (path: string) => path.split("M").length - 1;

test("nothing heard draws nothing", () => {
  expect(new Spark().path(1000, 80, 100)).toBe("");
});

test("the worst value of each quarter of a minute counts, so that a short fall shows", () => {
  const spark = new Spark();
  for (const [at, value] of [[0, 97], [3, 85], [6, 97]] as const) spark.take(value, at);
  expect(spark.path(7, 80, 100)).toContain("0.750");
});

test("time without values is a gap", () => {
  const spark = new Spark();
  for (let at = 0; at < 300; at += 2) spark.take(at < 100 || at > 200 ? 97 : null, at);
  expect(lines(spark.path(300, 80, 100))).toBe(2);
});

test("what is deeper than the scale lies at its bottom, inside the box", () => {
  const spark = new Spark();
  spark.take(40, 0);
  expect(spark.path(1, 80, 100)).toMatch(/ 1\.000H/);
});

describe("after hours", () => {
  const spark = new Spark();
  for (let at = 0; at < 5 * SPAN_S; at += 1) spark.take(97, at);
  test("half an hour is left", () => {
    const points = spark.path(5 * SPAN_S - 1, 80, 100).match(/H/g)?.length;
    expect(points).toBe(SPAN_S / POINT_S);
  });
  test("it moves out of the picture, also when nothing more comes", () => {
    expect(spark.path(5 * SPAN_S + SPAN_S, 80, 100)).toBe("");
  });
});

test("another visit begins with nothing, not even with the patient's before of the same quarter", () => {
  const spark = new Spark();
  spark.take(97, 0);
  spark.take(85, 16);
  spark.beginAt(20);
  expect(spark.path(21, 80, 100)).toBe("");
  spark.take(97, 31);
  spark.beginAt(20);
  expect(lines(spark.path(32, 80, 100))).toBe(1);
});

describe("the chair's own", () => {
  const picture = new ChairPicture(chair({ values: [value({ value: 90, age_s: 20 })] }), 100);
  test("is fed with its SpO2, at the time at which that was measured", () => {
    picture.setValue(value({ vital: "pulse_rate", value: 60 }), 105);
    expect(picture.spark.path(105, 80, 100)).toBe("M0.9750 0.500H0.9833");
  });
  test("is forgotten with the values of the patient before", () => {
    picture.describe(chair({ visit_age_s: 0 }), 110);
    expect(picture.spark.path(110, 80, 100)).toBe("");
  });
});
