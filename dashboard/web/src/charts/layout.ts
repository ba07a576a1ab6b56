/** What all charts and lanes have in common, so that a moment stands at one place in each. CSS pixels. */

export const AXIS_PX = 46;
export const TIME_PX = 28;
/** Half of the last figure stands beyond the edge. */
export const RIGHT_PX = 18;
