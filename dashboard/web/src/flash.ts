/** Keeps all flashing in step: every flash is set to begin at the zero of the document's one animation clock. */

export function lockFlashes(root: Document): void {
  root.addEventListener("animationstart", ({ target, animationName }) => {
    if (animationName !== "flash" || !(target instanceof Element)) return;
    for (const animation of target.getAnimations()) animation.startTime = 0;
  });
}
