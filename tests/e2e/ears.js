// Listens to the page from inside it: which pulses it schedules, and what really reaches the loudspeaker.
// Runs before the page's own scripts; the tests read `ears`.
window.ears = {
  /** Bursts that were started: when (page milliseconds), how many pulses, how loud. */
  bursts: [],
  analyser: null,
  /** The loudest sample of the last 46 ms; reads the audio thread's own buffer, so also while the page hangs. */
  peak() {
    if (!this.analyser) return 0;
    const samples = new Float32Array(this.analyser.fftSize);
    this.analyser.getFloatTimeDomainData(samples);
    return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  },
  /** Page milliseconds since it was last loud, or null. */
  loudAt: null,
};
{
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...more) {
    if (to instanceof AudioDestinationNode) {
      ears.analyser ??= new AnalyserNode(this.context, { fftSize: 2048 });
      connect.call(this, ears.analyser);
    }
    return connect.call(this, to, ...more);
  };
  setInterval(() => {
    if (ears.peak() > 0.01) ears.loudAt = performance.now();
  }, 20);

  // The pulses of a burst are started together, each at its own moment; the tone that is always ready has no moment.
  // Together means in one go of the page: on a busy computer the audio clock moves on between two of them.
  let together = false;
  const start = AudioScheduledSourceNode.prototype.start;
  AudioScheduledSourceNode.prototype.start = function (at, ...more) {
    if (at !== undefined) {
      if (!together) {
        ears.bursts.push({ atMs: performance.now(), pulses: 0 });
        together = true;
        queueMicrotask(() => (together = false));
      }
      ears.bursts.at(-1).pulses += 1;
    }
    return start.call(this, at, ...more);
  };
}
