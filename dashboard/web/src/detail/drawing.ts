/** What a curve has beside its line: limits and baseline behind it, alarms and marks in front. */

import type uPlot from "uplot";

import type { History, Mark } from "./answers";
import { stretches, type ChartKind, type LimitLine } from "./curves";

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

/** The field beyond each limit is raised, with the limit's figure at its edge; the baseline is a row of dots. */
export function drawBehind(plot: uPlot, ink: Inks, limits: LimitLine[], baseline: number[]): void {
  const { ctx } = plot;
  const { left, top, width, height } = plot.bbox;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
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
  ctx.restore();
}

/** Alarms as a strip along the top, in the colour of their priority; marks as upright lines, named where asked. */
export function drawInFront(
  plot: uPlot,
  ink: Inks,
  kind: ChartKind,
  history: History,
  name: ((mark: Mark) => string) | null,
): void {
  const { ctx } = plot;
  const { left, top, width, height } = plot.bbox;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  if (kind === "pressure") drawCuff(plot, ink, history);
  for (const { from, to, alarm } of stretches(kind, history.alarms)) {
    const start = plot.valToPos(from, "x", true);
    const end = plot.valToPos(to, "x", true);
    ctx.fillStyle = ink[alarm.priority];
    ctx.fillRect(start, top, Math.max(3 * ratio, end - start), STRIP_PX * ratio);
  }
  drawMarks(plot, ink, history.marks, name);
  ctx.restore();
}

/** What was done, dashed; what was given is solid, and its name stands in a line of its own so that no other hides it. */
function drawMarks(plot: uPlot, ink: Inks, marks: Mark[], name: ((mark: Mark) => string) | null): void {
  const { ctx } = plot;
  const { left, top, width, height } = plot.bbox;
  const ratio = devicePixelRatio;
  ctx.fillStyle = ink.text;
  ctx.lineWidth = ratio;
  ctx.font = `${13 * ratio}px ${ink.font.slice(5)}`;
  ctx.textBaseline = "top";
  const free = [-Infinity, -Infinity]; // where the next name of each line may begin
  for (const mark of marks) {
    const isDose = mark.kind === "dose";
    const x = plot.valToPos(-mark.age_s, "x", true);
    ctx.strokeStyle = isDose ? ink.text : ink.label;
    ctx.setLineDash(isDose ? [] : [2 * ratio, 3 * ratio]);
    rule(ctx, x, top, x, top + height);
    const text = name?.(mark) ?? "";
    const wide = ctx.measureText(text).width;
    const fits = x + wide < left + width;
    const begin = fits ? x + 4 * ratio : x - wide - 4 * ratio;
    const line = Number(isDose);
    if (text === "" || begin < free[line]!) continue;
    ctx.fillText(text, begin, top + (STRIP_PX + 3 + line * NAME_PX) * ratio);
    free[line] = begin + wide + 6 * ratio;
  }
}

/** Each reading is an upright bar from diastolic to systolic; nothing is drawn between readings. */
function drawCuff(plot: uPlot, ink: Inks, { cuff }: History): void {
  const { ctx } = plot;
  ctx.strokeStyle = ink.pressure;
  ctx.lineWidth = 2 * devicePixelRatio;
  for (const { age_s, systolic, diastolic } of cuff) {
    if (systolic === null || diastolic === null) continue;
    const x = plot.valToPos(-age_s, "x", true);
    rule(ctx, x, plot.valToPos(systolic, "y", true), x, plot.valToPos(diastolic, "y", true));
  }
}

function rule(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}
