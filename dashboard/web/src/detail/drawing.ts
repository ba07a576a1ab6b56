/** What only the curve of the last hours has: every cuff reading for itself. */

import type uPlot from "uplot";

import { clipped, rule, type Inks } from "../charts/drawing";
import type { History } from "./answers";

/** Each reading is an upright bar from diastolic to systolic; nothing is drawn between readings. */
export function drawCuff(plot: uPlot, ink: Inks, cuff: History["cuff"]): void {
  clipped(plot, (ctx) => {
    ctx.strokeStyle = ink.pressure;
    ctx.lineWidth = 2 * devicePixelRatio;
    for (const { age_s, systolic, diastolic } of cuff) {
      if (systolic === null || diastolic === null) continue;
      const x = plot.valToPos(-age_s, "x", true);
      rule(ctx, x, plot.valToPos(systolic, "y", true), x, plot.valToPos(diastolic, "y", true));
    }
  });
}
