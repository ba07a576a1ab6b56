/** What a past curve has beside its line: its band, cuff readings, alarms, what was done, and when nobody watched. */

import type uPlot from "uplot";

import type { Inks } from "../detail/drawing";
import type { Deed, PastAlarm } from "./answers";
import { deedShort } from "./deeds";
import type { Reading } from "./lines";

const STRIP_PX = 7;
const NAME_PX = 16;

function clipped(plot: uPlot, draw: (ctx: CanvasRenderingContext2D) => void): void {
  const { ctx } = plot;
  const { left, top, width, height } = plot.bbox;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  draw(ctx);
  ctx.restore();
}

/** Slanted lines where nobody was watching: nothing can be said of that time. Named where there is room and `name`. */
export function drawAway(plot: uPlot, ink: Inks, gaps: { from: number; until: number }[], name: string): void {
  const { top, height } = plot.bbox;
  for (const gap of gaps) {
    clipped(plot, (ctx) => {
      const start = plot.valToPos(gap.from, "x", true);
      const end = plot.valToPos(gap.until, "x", true);
      ctx.beginPath();
      ctx.rect(start, top, end - start, height);
      ctx.clip();
      ctx.strokeStyle = ink.line;
      ctx.lineWidth = 3 * devicePixelRatio;
      const step = 9 * devicePixelRatio;
      ctx.beginPath();
      for (let x = start - height; x < end; x += step) {
        ctx.moveTo(x, top + height);
        ctx.lineTo(x + height, top);
      }
      ctx.stroke();
      ctx.font = `${13 * devicePixelRatio}px ${ink.font.slice(5)}`;
      if (ctx.measureText(name).width > end - start) return;
      ctx.fillStyle = ink.label;
      ctx.textAlign = "center";
      ctx.fillText(name, (Math.max(start, plot.bbox.left) + Math.min(end, plot.bbox.left + plot.bbox.width)) / 2, top + height / 2);
    });
  }
}

/** Each reading is an upright bar from diastolic to systolic, thicker where a point stands for several. */
export function drawReadings(plot: uPlot, ink: Inks, readings: Reading[]): void {
  clipped(plot, (ctx) => {
    const ratio = devicePixelRatio;
    for (const { t, systolic, diastolic } of readings) {
      const x = plot.valToPos(t, "x", true);
      const y = (value: number) => plot.valToPos(value, "y", true);
      ctx.strokeStyle = ctx.fillStyle = ink.pressure;
      ctx.lineWidth = 1.5 * ratio;
      line(ctx, x, y(systolic[1]), x, y(diastolic[0]));
      for (const [low, high] of [systolic, diastolic]) {
        ctx.fillRect(x - 3 * ratio, y(high) - 1.5 * ratio, 6 * ratio, Math.max(3 * ratio, y(low) - y(high) + 3 * ratio));
      }
    }
  });
}

/** Alarms as a strip along the top, in the colour of their priority. */
export function drawAlarms(plot: uPlot, ink: Inks, alarms: PastAlarm[], until: number): void {
  const { top } = plot.bbox;
  clipped(plot, (ctx) => {
    for (const alarm of alarms) {
      const start = plot.valToPos(alarm.began, "x", true);
      const end = plot.valToPos(alarm.ended ?? until, "x", true);
      ctx.fillStyle = ink[alarm.priority];
      ctx.fillRect(start, top, Math.max(3 * devicePixelRatio, end - start), STRIP_PX * devicePixelRatio);
    }
  });
}

/** What was done, dashed; what was given is solid. Named where there is room, doses in a line of their own. */
export function drawDeeds(plot: uPlot, ink: Inks, deeds: Deed[], named: boolean): void {
  const { left, top, width, height } = plot.bbox;
  const ratio = devicePixelRatio;
  clipped(plot, (ctx) => {
    ctx.fillStyle = ink.text;
    ctx.lineWidth = ratio;
    ctx.font = `${13 * ratio}px ${ink.font.slice(5)}`;
    ctx.textBaseline = "top";
    ctx.textAlign = "left";
    const free = [-Infinity, -Infinity];
    for (const deed of deeds) {
      const isDose = deed.kind === "dose";
      const x = plot.valToPos(deed.t, "x", true);
      if (x < left || x > left + width) continue;
      ctx.strokeStyle = isDose ? ink.text : ink.label;
      ctx.setLineDash(isDose ? [] : [2 * ratio, 3 * ratio]);
      line(ctx, x, top, x, top + height);
      const text = named ? deedShort(deed) : "";
      const wide = ctx.measureText(text).width;
      const begin = x + wide < left + width ? x + 4 * ratio : x - wide - 4 * ratio;
      const row = Number(isDose);
      if (text === "" || begin < free[row]!) continue;
      ctx.fillText(text, begin, top + (STRIP_PX + 3 + row * NAME_PX) * ratio);
      free[row] = begin + wide + 6 * ratio;
    }
  });
}

function line(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}
