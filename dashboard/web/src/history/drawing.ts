/** What only a past curve has: cuff readings of a long span, and when nobody watched. */

import type uPlot from "uplot";

import { clipped, rule, type Inks } from "../charts/drawing";
import type { Reading } from "./lines";

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
      rule(ctx, x, y(systolic[1]), x, y(diastolic[0]));
      for (const [low, high] of [systolic, diastolic]) {
        ctx.fillRect(x - 3 * ratio, y(high) - 1.5 * ratio, 6 * ratio, Math.max(3 * ratio, y(low) - y(high) + 3 * ratio));
      }
    }
  });
}
