/** What every chart has beside its line: limits and baseline behind it, alarms and what was done in front. */

import type uPlot from "uplot";

import type { ChartKind, LimitLine } from "./kinds";

/** The page's colours, read from its tokens when a chart is made, so that it follows the light of the room. */
export interface Inks extends Record<ChartKind, string> {
  ground: string;
  line: string;
  label: string;
  text: string;
  beyond: string;
  high: string;
  medium: string;
  low: string;
  font: string;
}

export function inks(element: Element): Inks {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    rate: token("--hr"),
    spo2: token("--spo2"),
    pressure: token("--pressure"),
    ground: token("--tile"),
    line: token("--line"),
    label: token("--label"),
    text: token("--text"),
    beyond: token("--tile-stale"),
    high: token("--high-frame"),
    medium: token("--medium"),
    low: token("--low"),
    font: `14px ${token("--font")}`,
  };
}

const STRIP_PX = 7;
const NAME_PX = 16;

/** Draws in the chart's own field only. */
export function clipped(plot: uPlot, draw: (ctx: CanvasRenderingContext2D) => void): void {
  const { ctx } = plot;
  const { left, top, width, height } = plot.bbox;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  draw(ctx);
  ctx.restore();
}

export function rule(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}

/** The field beyond each limit is raised, with the limit's figure at its edge; the baseline is a row of dots. */
export function drawLimits(plot: uPlot, ink: Inks, limits: LimitLine[], baseline: number[]): void {
  const { left, top, width, height } = plot.bbox;
  const ratio = devicePixelRatio;
  clipped(plot, (ctx) => {
    ctx.font = `${13 * ratio}px ${ink.font.slice(5)}`;
    for (const { value, low } of limits) {
      const y = plot.valToPos(value, "y", true);
      ctx.fillStyle = ink.beyond;
      ctx.fillRect(left, low ? y : top, width, low ? top + height - y : y - top);
    }
    for (const [index, { value, low }] of limits.entries()) {
      const milder = index === limits.findIndex((limit) => limit.low === low);
      const y = plot.valToPos(value, "y", true);
      ctx.strokeStyle = ink.label;
      ctx.lineWidth = ratio;
      ctx.setLineDash([6 * ratio, 5 * ratio]);
      rule(ctx, left, y, left + width, y);
      ctx.fillStyle = ink.label;
      ctx.textAlign = "left"; // the newest values are at the other end
      // The figure of the milder limit stands on the side of the usual values, that of the worse one beyond its line.
      ctx.textBaseline = milder === low ? "bottom" : "top";
      ctx.fillText(String(value), left + 4 * ratio, milder === low ? y - 2 * ratio : y + 2 * ratio);
    }
    ctx.setLineDash([2 * ratio, 6 * ratio]);
    ctx.strokeStyle = ink.text;
    for (const value of baseline) {
      const y = plot.valToPos(value, "y", true);
      rule(ctx, left, y, left + width, y);
    }
  });
}

/** A stretch of the chart's own x. */
export interface Strip {
  from: number;
  until: number;
  priority: "high" | "medium" | "low";
}

/** Alarms as a strip along the top, in the colour of their priority. */
export function drawAlarms(plot: uPlot, ink: Inks, alarms: Strip[]): void {
  const { top } = plot.bbox;
  clipped(plot, (ctx) => {
    for (const { from, until, priority } of alarms) {
      const start = plot.valToPos(from, "x", true);
      const end = plot.valToPos(until, "x", true);
      ctx.fillStyle = ink[priority];
      ctx.fillRect(start, top, Math.max(3 * devicePixelRatio, end - start), STRIP_PX * devicePixelRatio);
    }
  });
}

/** What was done, at the chart's own x. */
export interface Mark {
  at: number;
  isDose: boolean;
  /** Written beside it where there is room; empty for none. */
  name: string;
}

/** What was done, dashed; what was given is solid, and its name stands in a line of its own so that no other hides it. */
export function drawMarks(plot: uPlot, ink: Inks, marks: Mark[]): void {
  const { left, top, width, height } = plot.bbox;
  const ratio = devicePixelRatio;
  clipped(plot, (ctx) => {
    ctx.fillStyle = ink.text;
    ctx.lineWidth = ratio;
    ctx.font = `${13 * ratio}px ${ink.font.slice(5)}`;
    ctx.textBaseline = "top";
    ctx.textAlign = "left";
    const free = [-Infinity, -Infinity]; // where the next name of each line may begin
    for (const { at, isDose, name } of marks) {
      const x = plot.valToPos(at, "x", true);
      if (x < left || x > left + width) continue; // nor may its name take the room of one that is seen
      ctx.strokeStyle = isDose ? ink.text : ink.label;
      ctx.setLineDash(isDose ? [] : [2 * ratio, 3 * ratio]);
      rule(ctx, x, top, x, top + height);
      const wide = ctx.measureText(name).width;
      const begin = x + wide < left + width ? x + 4 * ratio : x - wide - 4 * ratio;
      const row = Number(isDose);
      if (name === "" || begin < free[row]!) continue;
      ctx.fillText(name, begin, top + (STRIP_PX + 3 + row * NAME_PX) * ratio);
      free[row] = begin + wide + 6 * ratio;
    }
  });
}
